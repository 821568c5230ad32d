"""Parts that all pages share: widgets, charts, translations, style."""
