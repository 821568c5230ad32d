"""Run a study from Python alone and print its seeds, and whether anything of ``viz`` was imported."""

if __name__ == "__main__":
    import sys

    from experiments import run_study

    country, out = sys.argv[1:]
    results = run_study("random_hosts", seeds=2, firms=100, until=2006, cities=country, workers=1, out=out)
    print(list(results.study.seeds), len(results.panel))
    print([name for name in sys.modules if name.partition(".")[0] == "viz"])
