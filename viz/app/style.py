"""The look of the page: one scale of type and space, few colours, cards; what belongs to a part is beside it."""

STYLE = """
.v-application, .v-application .text-body-1 { font-family: system-ui, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", sans-serif !important; }
.v-application--wrap { min-height: 0; }
.cl-page { background: #eef1f5; min-height: 100vh; color: #22313f; font-size: 14px; line-height: 1.4; }
.cl-page *, .cl-page *::before { box-sizing: border-box; }
.cl-page :focus-visible { outline: 2px solid #1565c0; outline-offset: 2px; }
.cl-page p { margin: 0; }
.cl-page select { appearance: auto; }
.cl-bar :focus-visible { outline-color: #8ec5ff; outline-offset: -3px; }
.cl-card { background: #fff; border: 1px solid #dde3e9; border-radius: 10px; padding: 10px 12px; min-width: 0; }
.cl-grid { display: grid; grid-template-columns: 226px minmax(0, 1.08fr) minmax(0, 1fr); gap: 10px; padding: 10px; align-items: stretch; }
.cl-grid.cl-closed { grid-template-columns: auto minmax(0, 1.1fr) minmax(0, 1fr); }
.cl-side { background: #fff; border: 1px solid #dde3e9; border-radius: 10px; padding: 8px 11px 12px; overflow: auto; }
.cl-closed .cl-side { writing-mode: vertical-rl; padding: 8px 4px; }
.cl-explore { display: flex; flex-direction: column; height: calc(100vh - 50px); min-height: 620px; }
.cl-grid { flex: 1 1 auto; min-height: 0; grid-template-rows: minmax(0, 1fr); }
.cl-map-card { display: flex; flex-direction: column; gap: 8px; }
.cl-maps { flex: 1 1 auto; min-height: 0; display: flex; flex-direction: column; gap: 8px; }
.cl-maps > * { flex: 1 1 0; min-height: 0; display: flex; flex-direction: column; }
.cl-two-maps > * + * { flex-basis: 128px; }
.cl-two-maps .cl-map-stage { min-height: 120px; }
.cl-side > .cl-tools { margin-bottom: 8px; }
.cl-charts { display: flex; flex-direction: column; gap: 4px; overflow: hidden; }
.cl-four { flex: 1 1 auto; min-height: 0; display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); grid-template-rows: minmax(0, 1fr) minmax(0, 1fr); gap: 6px; }
.cl-four > *, .cl-four .cl-chart { height: 100%; min-height: 190px; }
.cl-pair { display: grid; align-items: start; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 6px; margin: 8px 0; }
.cl-scroll { overflow: auto; flex: 1 1 auto; min-height: 0; }
.cl-waiting { grid-column: 2 / -1; display: flex; align-items: center; justify-content: center; color: #475569; text-align: center; }
.cl-said { margin: 10px 10px 0; padding: 8px 12px; border-radius: 8px; background: #e8f1fb; border: 1px solid #bcd7f2; }
.cl-problem { background: #fdecea; border-color: #f3b8b1; color: #7a1a12; }
@media (max-width: 1180px) {
  .cl-grid, .cl-grid.cl-closed { grid-template-columns: 230px minmax(0, 1fr); }
  .cl-grid.cl-closed { grid-template-columns: auto minmax(0, 1fr); }
  .cl-explore { height: auto; }
  .cl-grid { grid-template-rows: auto; }
  .cl-side { grid-row: 1 / 3; max-height: 1250px; }
  .cl-maps { min-height: 430px; }
  .cl-maps > * { min-height: 400px; }
  .cl-four { grid-template-rows: 220px 220px; }
}
@media (max-width: 820px) {
  .cl-grid, .cl-grid.cl-closed { grid-template-columns: minmax(0, 1fr); }
  .cl-closed .cl-side { writing-mode: horizontal-tb; }
  .cl-side { grid-row: auto; order: 3; max-height: none; }
  .cl-when { justify-content: flex-start; text-align: left; }
}
@media (max-width: 560px) {
  .cl-four, .cl-pair { grid-template-columns: minmax(0, 1fr); grid-template-rows: none; }
  .cl-four > *, .cl-four .cl-chart { height: 220px; }
  .cl-facts { grid-template-columns: repeat(2, 1fr); }
}
"""
