"use strict";
// Small charts as SVG: lines with a band, and bars. Each tells its last values to a screen reader.

const NS = "http://www.w3.org/2000/svg";
const [LEFT, RIGHT, TOP, FOOT] = [48, 8, 10, 22];

/** Draw the next shape of a chart. One of its kind from the last drawing is taken, and changed where it differs: layout is dear. */
function shape(svg, name, given, text = "") {
  const old = svg.children[svg.drawn++];
  let made = old;
  if (old?.nodeName !== name) {
    made = document.createElementNS(NS, name);
    if (old) old.replaceWith(made);
    else svg.append(made);
  }
  for (const [key, value] of Object.entries(given)) if (made.getAttribute(key) !== String(value)) made.setAttribute(key, value);
  for (const key of made.getAttributeNames()) if (!(key in given)) made.removeAttribute(key);
  if (made.textContent !== text) made.textContent = text;
}

/** End a drawing: remove what the last one had more, and tell a screen reader. */
function finish(svg, label) {
  while (svg.children.length > svg.drawn) svg.lastElementChild.remove();
  const title = svg.closest("section").querySelector("h2").textContent;
  svg.setAttribute("aria-label", label ? `${title}: ${label}` : title);
}

/** Return round values that cover a range. */
function ticks(low, high, wanted = 4) {
  const rough = (high - low) / wanted || 1, power = 10 ** Math.floor(Math.log10(rough));
  const size = power * [1, 2, 5, 10].find((one) => one * power >= rough), found = [];
  for (let k = Math.ceil(low / size - 1e-9); k <= high / size + 1e-9; k++) found.push(k * size);
  return found;
}

function frame(svg, low, high, show) {
  svg.drawn = 0;
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  if (!(high > low)) [low, high] = [low - 1, high + 1];
  const y = (value) => height - FOOT - ((value - low) / (high - low)) * (height - FOOT - TOP);
  for (const value of ticks(low, high)) {
    shape(svg, "line", {x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value), stroke: "var(--line)"});
    shape(svg, "text", {x: LEFT - 5, y: y(value) + 4, "text-anchor": "end"}, show(value));
  }
  return {width, height, y};
}

/** Draw series of [x, y] points, each {points, colour, dashed, label}, over a band of [x, low, high]. */
function lineChart(svg, series, band, show, date) {
  const all = [...series.flatMap((one) => one.points.map((point) => point[1])), ...band.flatMap((one) => one.slice(1))].filter(Number.isFinite);
  const {width, height, y} = frame(svg, all.length ? Math.min(...all) : 0, all.length ? Math.max(...all) : 1, show);
  const xs = [...series.flatMap((one) => one.points.map((point) => point[0])), ...band.map((one) => one[0])];
  if (!xs.length) return finish(svg, "");
  const [first, last] = [Math.min(...xs), Math.max(...xs)];
  const x = (value) => LEFT + ((value - first) / Math.max(1, last - first)) * (width - LEFT - RIGHT);
  if (band.length > 1) {
    const upper = band.map((one) => `${x(one[0])},${y(one[2])}`), lower = band.map((one) => `${x(one[0])},${y(one[1])}`).reverse();
    shape(svg, "polygon", {points: [...upper, ...lower].join(" "), fill: "var(--with)", opacity: .2});
  }
  for (const {points, colour, dashed} of series) {
    const given = {points: points.map((point) => `${x(point[0])},${y(point[1])}`).join(" "), fill: "none", stroke: colour, "stroke-width": 2};
    shape(svg, "polyline", dashed ? {...given, "stroke-dasharray": "5 3"} : given);
  }
  for (const value of ticks(first, last, 5).filter(Number.isInteger)) {
    shape(svg, "text", {x: x(value), y: height - 6, "text-anchor": "middle"}, date(value));
  }
  finish(svg, series.filter((one) => one.points.length).map((one) => `${one.label}: ${show(one.points.at(-1)[1])}`).join("; "));
}

/** Draw bars, each [label, value]. */
function barChart(svg, bars, show) {
  const values = bars.map((one) => one[1]).filter(Number.isFinite);
  const {width, height, y} = frame(svg, Math.min(0, ...values), Math.max(0, ...values), show);
  const room = (width - LEFT - RIGHT) / Math.max(1, bars.length);
  bars.forEach(([label, value], k) => {
    const x = LEFT + k * room;
    if (Number.isFinite(value)) {
      const colour = value < 0 ? "var(--without)" : "var(--with)";
      shape(svg, "rect", {x: x + room * .15, width: room * .7, y: Math.min(y(0), y(value)), height: Math.abs(y(0) - y(value)), fill: colour});
    }
    label.split("\n").forEach((line, row) => shape(svg, "text", {x: x + room / 2, y: height - 13 + 10 * row, "text-anchor": "middle", style: "font-size: 9px"}, line));
  });
  finish(svg, bars.map(([label, value]) => `${label.replace("\n", " ")}: ${Number.isFinite(value) ? show(value) : "–"}`).join("; "));
}
