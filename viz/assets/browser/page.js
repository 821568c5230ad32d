"use strict";
// What the page shows and asks. The rules run in workers; here are only sums and shares of their tables.

const BANDS = [0, 150, 300, 500, 750, 1000, Infinity]; // km, those of experiments/measures/effect_tables.py
const WINDOW = 4; // quarters that an effect covers
const BACKGROUND = 3;
const FRAME = 50; // milliseconds from one drawing to the next while quarters come: the rules have the rest
const $ = (id) => document.getElementById(id);
const {texts} = window.PARTS;
const page = {log: [], playing: false, quarter: 0, recent: [], seen: {}, gap: [], story: 0, layout: "scenario", drawn: 0, linked: 0};
let bundle = null, front = null, back = null, map = null, apart = null, groups = {};

const say = (key, given = {}) => (texts[page.language][key] ?? key).replace(/\{(\w+)\}/g, (_, name) => given[name]);
const percent = (value) => (!Number.isFinite(value) ? "–" : Math.abs(value) < 0.0005 ? "0.00" : (value >= 0 ? "+" : "−") + Math.abs(value).toFixed(Math.abs(value) < 0.0995 ? 3 : Math.abs(value) < 9.95 ? 2 : 1));
const number = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));
const dateOf = (quarter) => `${bundle.start_year + Math.floor(quarter / 4)}Q${(((quarter % 4) + 4) % 4) + 1}`;
const cityName = (k) => bundle.cities[k][page.language === "zh" ? 4 : 0];
const change = ([run, twin]) => 100 * (run / twin - 1);

// Loops, for they pass over all cities in every quarter.
function sum(values) {
  let total = 0;
  for (let k = 0; k < values.length; k++) total += values[k];
  return total;
}

async function unpacked(text) {
  const binary = atob(text), bytes = new Uint8Array(binary.length);
  for (let k = 0; k < binary.length; k++) bytes[k] = binary.charCodeAt(k);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

// ── The state of the page as a link ─────────────────────────────────────────────────────────────

function readLink() {
  const given = new URLSearchParams(location.hash.slice(1));
  const log = (given.get("log") || "").split(";").filter(Boolean).map((text) => {
    const [when, what, ...rest] = text.split(":");
    return [when === "start" ? when : Number(when), what, ...rest.map((one, k) => (what === "set" && k === 0 ? one : Number(one)))];
  });
  const sliders = new Set(bundle.sliders.map((one) => one.name));
  page.log = log.filter(([when, what, name, ...rest]) => (when === "start" || Number.isInteger(when)) && rest.every(Number.isFinite) &&
    (what === "set" ? sliders.has(name) : what === "open" && name in bundle.cities && rest[0] in bundle.kinds));
  page.seed = given.get("seed") in bundle.seeds ? given.get("seed") : Object.keys(bundle.seeds)[0];
  page.layout = given.get("centres") === "none" ? "none" : "scenario";
  page.quarter = Math.max(0, Math.min(bundle.last, Number(given.get("q")) || 0));
  page.language = given.get("lang") || (navigator.language.startsWith("zh") ? "zh" : "en");
  if (!(page.language in texts)) page.language = "en";
  page.measure = bundle.shown.includes(given.get("measure")) ? given.get("measure") : bundle.shown[0];
  document.body.classList.toggle("embedded", given.get("embed") === "1");
}

function link() {
  const given = new URLSearchParams({seed: page.seed, q: page.quarter, lang: page.language, measure: page.measure});
  if (page.layout === "none") given.set("centres", "none");
  if (page.log.length) given.set("log", page.log.map((one) => one.join(":")).join(";"));
  if (document.body.classList.contains("embedded")) given.set("embed", "1");
  return "#" + given.toString();
}

// ── Sums of the tables that come from the workers ────────────────────────────────────────────────

/** Add a quarter of a seed to what is kept of it: totals of each measure, with and without. */
function keep(state) {
  const kept = (page.seen[state.seed] ||= {});
  for (const [name, pair] of Object.entries(state.measures)) (kept[name] ||= new Map()).set(state.quarter, pair.map(sum));
}

function ratio(kept, quarter) {
  let [one, two] = [0, 0];
  for (let k = quarter; k > quarter - WINDOW; k--) {
    const found = kept?.get(k);
    if (found) [one, two] = [one + found[0], two + found[1]];
  }
  return change([one, two]);
}

/** Return the standard deviation of logs over the cities that have any. */
function spread(values) {
  let [count, total, squares] = [0, 0, 0];
  for (let k = 0; k < values.length; k++) if (values[k] > 0) [count, total] = [count + 1, total + Math.log(values[k])];
  for (let k = 0; k < values.length; k++) if (values[k] > 0) squares += (Math.log(values[k]) - total / count) ** 2;
  return Math.sqrt(squares / count);
}

/** Return the sums of a measure over the last quarters, by city: [with, without]. */
function recent(name) {
  return [0, 1].map((side) => {
    const sums = new Float64Array(page.recent.length ? bundle.cities.length : 0);
    for (const {measures} of page.recent) {
      const values = measures[name][side];
      for (let k = 0; k < sums.length; k++) sums[k] += values[k];
    }
    return sums;
  });
}

/** Return the group of every city: 0 for hosts, then the bands of distance to the nearest host. Kept until hosts change. */
function groupsOf(hosts) {
  const key = hosts.join();
  if (groups.key !== key) {
    const band = (far) => BANDS.findIndex((one) => far < one || one === Infinity), at = new Set(hosts);
    groups = {key, of: bundle.cities.map((_, k) => (at.has(k) ? 0 : band(Math.min(...hosts.map((one) => apart(k, one))))))};
  }
  return groups.of;
}

/** Return the sums of a measure in each group: [with, without]. */
function totals(sums, group) {
  const found = Array.from({length: BANDS.length}, () => [0, 0]);
  for (let k = 0; k < group.length; k++) for (const side of [0, 1]) found[group[k]][side] += sums[side][k];
  return found;
}

const together = (pairs) => [0, 1].map((side) => sum(pairs.map((one) => one[side])));

function receive(state) {
  keep(state);
  page.quarter = state.quarter;
  page.recent = [...page.recent.filter((one) => one.quarter < state.quarter), state].slice(-WINDOW);
  page.gap.push([state.quarter, ...bundle.shown.map((name) => state.measures[name].map(spread))]);
  drawSoon();
}

function drawSoon() {
  if (page.waiting) return;
  page.waiting = true;
  setTimeout(() => requestAnimationFrame(() => { page.waiting = false; draw(); }), page.drawn + FRAME - performance.now());
}

// ── What is drawn ───────────────────────────────────────────────────────────────────────────────

function draw() {
  page.drawn = performance.now();
  const name = page.measure, at = 1 + bundle.shown.indexOf(name), [run, twin] = recent(name);
  const last = page.recent.at(-1), hosts = last ? last.hosts : [];
  const effects = Array.from(run, (one, k) => change([one, twin[k]]));
  const mean = sum(run) / run.length;
  const level = $("colour").value === "level";
  map.show(level ? Array.from(run, (one) => Math.log(one / mean)) : effects, hosts, last?.measures[bundle.shown.includes("people") ? "people" : name][1]);
  write("date", page.quarter ? dateOf(page.quarter - 1) : `${bundle.start_year}`);
  const seeds = Object.keys(page.seen), kept = page.seen[page.seed]?.[name];
  const points = kept ? [...kept.keys()].filter((q) => q > 0 && q <= page.quarter).sort((a, b) => a - b).map((q) => [q, ratio(kept, q)]) : [];
  const band = points.map(([q]) => [q, seeds.map((one) => page.seen[one][name]).filter((one) => one?.has(q)).map((one) => ratio(one, q))])
    .filter(([, all]) => all.length > 1).map(([q, all]) => [q, Math.min(...all), Math.max(...all)]);
  const year = (q) => String(bundle.start_year + Math.floor((q - 1) / 4));
  lineChart($("total"), [{points, colour: "var(--with)", label: say("front")}], band, percent, year);
  write("band-key", swatch("background:var(--with)", say("front")) + swatch("background:var(--with);opacity:.3", say(seeds.length > 1 ? "band" : "one_seed", {n: seeds.length})));
  drawEffects(hosts);
  lineChart($("gap"), [0, 1].map((side) => ({points: page.gap.map((one) => [one[0], one[at][side]]), colour: side ? "var(--without)" : "var(--with)", dashed: side === 1, label: say(side ? "without" : "with")})), [], (value) => value.toFixed(3), year);
  write("gap-key", swatch("background:var(--with)", say("with")) + swatch("background:var(--without)", say("without")));
  drawRanks(run, twin, effects);
  write("key", mapKey(level));
  write("command", escaped(command()));
  write("play", say(page.playing ? "pause" : "play"));
  for (const id of ["play", "step"]) $(id).disabled = !page.ready || page.quarter >= bundle.last;
  if (page.ready && (!page.playing || page.drawn - page.linked > 1000)) { // dear, and browsers allow few
    history.replaceState(null, "", link());
    page.linked = page.drawn;
  }
}

const swatch = (style, text) => `<span><i style="${style}"></i>${text}</span>`;

/** Write what an element holds where that differs from what was written last. */
function write(id, content) {
  const target = $(id);
  if (target.written !== content) target.innerHTML = target.written = content;
}

/** Return what the colours of the map mean. */
function mapKey(level) {
  const of = (sign) => `background:${diverging(sign, 1)}`;
  const [less, more] = level ? [say("below_mean"), say("above_mean")] : [say("less"), `${say("more")} (±${number(map.most)} %)`];
  const colours = map.most ? swatch(of(-1), less) + swatch(of(1), more) : level ? "" : `<span>${say("no_effect")}</span>`;
  return colours + swatch("border:2px solid;border-radius:50%", say("ring"));
}

/** Write a table, its names of columns first; where it has as many rows as before, only the cells that change. */
function writeTable(id, rows) {
  const table = $(id);
  if (table.rows.length !== rows.length) {
    table.replaceChildren(...rows.map((row, k) => {
      const made = document.createElement("tr");
      made.append(...row.map(() => document.createElement(k ? "td" : "th")));
      return made;
    }));
  }
  rows.forEach((row, k) => row.forEach((text, c) => {
    const cell = table.rows[k].cells[c];
    if (cell.textContent !== String(text)) cell.textContent = text;
  }));
}

/** Draw the effect by distance, and write that on each measure: on hosts, on all other cities, on all. */
function drawEffects(hosts) {
  const found = page.recent.length ? bundle.shown.map((name) => [name, totals(recent(name), groupsOf(hosts))]) : [];
  const rows = found.map(([name, [host, ...others]]) => [say(name), ...[host, together(others), together([host, ...others])].map((pair) => percent(change(pair)))]);
  writeTable("channels", [["measure", "host", "others", "all"].map((key) => say(key)), ...rows]);
  const label = (k) => (!k ? say("host") : BANDS[k] === Infinity ? `${BANDS[k - 1]}+\nkm` : `${BANDS[k - 1]}–\n${BANDS[k]} km`);
  const bars = hosts.length ? found.find(([name]) => name === page.measure)[1] : [];
  barChart($("distance"), bars.map((pair, k) => [label(k), change(pair)]), percent);
}

function drawRanks(run, twin, effects) {
  const places = [run, twin].map((values) => {
    const order = [...values.keys()].sort((a, b) => values[b] - values[a]), found = [];
    order.forEach((k, place) => { found[k] = place + 1; });
    return [order, found];
  });
  const chosen = places[0][0].slice(0, 8);
  if (map.at >= 0 && run.length && !chosen.includes(map.at)) chosen.push(map.at);
  const cells = chosen.map((k) => [cityName(k), places[0][1][k], places[1][1][k], number(run[k]), percent(effects[k])]);
  writeTable("ranks", [["city", "rank", "rank_without", "value", "effect_short"].map((key) => say(key)), ...cells]);
}

const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Return what gives the same numbers in Python. */
function command() {
  const start = page.log.filter((one) => one[0] === "start"), later = page.log.filter((one) => one[0] !== "start").sort((a, b) => a[0] - b[0]);
  const set = Object.entries(Object.fromEntries(start.map(([, , name, value]) => [name, value])));
  const year = bundle.start_year + Math.floor(Math.max(0, page.quarter - 1) / 4);
  const line = `computeleap run ${bundle.made_with.scenario} --seeds 1 --first-seed ${page.seed} --until ${year}${bundle.made_with.command}${set.map((one) => ` --set ${one.join("=")}`).join("")}`;
  if (!later.length && page.layout === "scenario") return line;
  const layout = page.layout === "none" ? "study.scenario.twin()" : "study.scenario";
  const lines = [...bundle.made_with.python, `run = RegionalModel(study.parameters, ${layout}, ${page.seed}, country=study.country, extension=study.extension${set.map((one) => `, ${one.join("=")}`).join("")})`];
  for (const [when, what, ...rest] of later) {
    lines.push(`run.run_until(${when}.0)`);
    if (what === "set") lines.push(`run = run.fork(${rest[0]}=${rest[1]})`);
    else lines.push(`run.open_centre(${bundle.cities[rest[0]][3]}, "${bundle.kinds[rest[1]]}", ${rest[2]})`);
  }
  return [...lines, `run.run_until(${page.quarter}.0)`].join("\n");
}

// ── What the user does ──────────────────────────────────────────────────────────────────────────

function begin(until = 0) {
  Object.assign(page, {recent: [], gap: [], seen: {}, ready: false, playing: false, quarter: until});
  $("burn-in").hidden = false;
  $("error").textContent = "";
  const asked = {log: page.log, layout: page.layout};
  front.postMessage({type: "front", seed: page.seed, until, ...asked});
  clearTimeout(page.later);
  page.later = setTimeout(startBackground, 400);
  draw();
}

function startBackground() {
  if (!page.ready) { page.later = setTimeout(startBackground, 400); return; }
  const others = Object.keys(bundle.seeds).filter((one) => one !== page.seed).slice(0, BACKGROUND);
  for (const one of others) delete page.seen[one];
  back.postMessage({type: "background", seeds: others, until: bundle.last, log: page.log, layout: page.layout});
}

function act(entry) {
  const [when, ...what] = entry;
  if (when !== "start") { front.postMessage({type: "act", what}); return; }
  page.log.push(entry);
  begin();
}

function play(on, until = 4 * (Number($("until").value) - bundle.start_year + 1)) {
  page.playing = on && page.quarter < bundle.last;
  back.postMessage({type: "hold", on: page.playing});
  front.postMessage(page.playing ? {type: "play", until: until > page.quarter ? until : bundle.last, delay: Number($("speed").value)} : {type: "pause"});
  draw();
}

function tell(text) {
  $("said").textContent = text;
}

function words() {
  document.documentElement.lang = page.language === "zh" ? "zh-CN" : "en";
  for (const one of document.querySelectorAll("[data-text]")) one.textContent = say(one.dataset.text);
  for (const one of document.querySelectorAll("[data-label]")) one.setAttribute("aria-label", say(one.dataset.label));
  $("language").textContent = say("language");
  $("map").setAttribute("aria-label", say("map"));
  for (const one of $("measure").options) one.textContent = say(one.value);
  [...$("kind").options].forEach((one) => { one.textContent = say(bundle.kinds[one.value]); });
  [...$("layout").options].forEach((one) => { one.textContent = say(one.value); });
  $("cities").replaceChildren(...bundle.cities.map((_, k) => new Option(cityName(k))));
  map.name = cityName;
  $("story-text").textContent = say("story_" + (page.story + 1));
  $("story-next").textContent = say(page.story < 4 ? "next" : "again");
  draw();
}

const STORY = [
  () => begin(),
  () => { $("until").value = Math.min(bundle.start_year + 9, bundle.until); play(true); },
  () => { $("until").value = bundle.until; play(true); $("gap").scrollIntoView({block: "center"}); },
  () => $("map").focus(),
  () => $("total").scrollIntoView({block: "center"}),
];

function controls() {
  const fill = (id, values, chosen) => $(id).replaceChildren(...values.map((one) => new Option(one, one, false, String(one) === String(chosen))));
  fill("measure", bundle.shown, page.measure);
  fill("until", [...Array(bundle.until - bundle.start_year + 1).keys()].map((k) => bundle.start_year + k), bundle.until);
  fill("seed", Object.keys(bundle.seeds), page.seed);
  fill("kind", bundle.kinds.map((_, k) => k), 0);
  fill("layout", ["scenario", "none"], page.layout);
  for (const one of bundle.sliders) {
    const label = document.createElement("label");
    label.innerHTML = `<span>${escaped(one.name)} <output></output></span><input type="range" step="any" title="${escaped(one.meaning)}">`;
    const [show, input] = [label.querySelector("output"), label.querySelector("input")];
    Object.assign(input, {min: one.low, max: one.high, value: page.log.filter(([, , name]) => name === one.name).at(-1)?.[3] ?? one.value});
    show.textContent = number(Number(input.value));
    input.addEventListener("input", () => { show.textContent = number(Number(input.value)); });
    input.addEventListener("change", () => act([page.quarter && page.ready ? page.quarter : "start", "set", one.name, Number(Number(input.value).toPrecision(4))]));
    $("sliders").append(label);
  }
  $("measure").onchange = () => { page.measure = $("measure").value; draw(); };
  $("colour").onchange = draw;
  $("play").onclick = () => play(!page.playing);
  $("step").onclick = () => play(true, page.quarter + 1);
  $("reset").onclick = () => begin();
  $("seed").onchange = () => { page.seed = $("seed").value; begin(); };
  $("layout").onchange = () => { page.layout = $("layout").value; begin(); };
  $("speed").onchange = () => { if (page.playing) play(true); };
  $("language").onclick = () => { page.language = page.language === "en" ? "zh" : "en"; words(); };
  $("copy").onclick = () => copy($("command").textContent);
  $("copy-link").onclick = () => copy(location.href.split("#")[0] + link());
  $("story-next").onclick = () => { page.story = (page.story + 1) % STORY.length; STORY[page.story](); words(); };
  $("open").onsubmit = (event) => {
    event.preventDefault();
    const city = bundle.cities.findIndex((one) => [one[0], one[4]].includes($("city").value.trim()));
    if (city < 0) { tell(say("no_city")); $("city").setCustomValidity(say("no_city")); $("city").reportValidity(); return; }
    openCentre(city, Number($("kind").value), Number($("size").value));
  };
  $("city").oninput = () => $("city").setCustomValidity("");
}

function openCentre(city, kind, size) {
  act([page.quarter, "open", city, kind, size]);
  tell(say("opened", {city: cityName(city), kind: say(bundle.kinds[kind]), size}));
}

async function copy(text) {
  try { await navigator.clipboard.writeText(text); } catch { getSelection().selectAllChildren($("command")); document.execCommand("copy"); }
  tell(say("copied"));
}

function heard({data}) {
  if (data.type === "quarter" && data.ready) page.ready = true;
  if (data.type === "quarter" && data.quarter > 0) receive(data);
  if (data.ready) { $("burn-in").hidden = true; draw(); tellParent(); }
  if (data.type === "burn-in") $("burn-in").value = data.done / data.of;
  if (data.type === "paused") { page.playing = false; back.postMessage({type: "hold", on: false}); draw(); tellParent(); tell(`${$("date").textContent}: ${say(page.measure)} ${percent(ratio(page.seen[page.seed]?.[page.measure], page.quarter))} %`); }
  if (data.type === "log") {
    page.log = data.log;
    clearTimeout(page.later);
    page.later = setTimeout(startBackground, 1500);
    draw();
  }
  if (data.type === "error") $("error").textContent = data.text;
}

// ── A page in a page ────────────────────────────────────────────────────────────────────────────

/** Tell the page around this one where it stands. */
function tellParent() {
  if (parent === window) return;
  const totals = {};
  for (const name of bundle.shown) totals[name] = ratio(page.seen[page.seed]?.[name], page.quarter);
  parent.postMessage({from: "computeleap", quarter: page.quarter, seed: page.seed, effects: totals, state: link()}, "*");
}

addEventListener("message", ({data, source}) => {
  if (source !== parent || data?.to !== "computeleap" || !bundle) return;
  if (typeof data.state === "string") {
    location.hash = data.state + (document.body.classList.contains("embedded") ? "&embed=1" : "");
    readLink();
    for (const id of ["seed", "layout", "measure"]) $(id).value = page[id];
    begin(page.quarter);
  }
  if (Number.isInteger(data.until)) play(true, 4 * (data.until - bundle.start_year + 1));
});

async function open() {
  bundle = JSON.parse(new TextDecoder().decode(await unpacked(window.PARTS.facts)));
  bundle.last = 4 * (bundle.until - bundle.start_year + 1);
  readLink();
  const {cities} = bundle, turn = Math.PI / 180;
  apart = (a, b) => {
    const [, x, y] = cities[a], [, u, v] = cities[b];
    const h = Math.sin(((v - y) * turn) / 2) ** 2 + Math.cos(y * turn) * Math.cos(v * turn) * Math.sin(((u - x) * turn) / 2) ** 2;
    return 12742.0176 * Math.asin(Math.sqrt(h));
  };
  map = new CityMap($("map"), cities, (k) => { $("city").value = cityName(k); tell(cityName(k)); draw(); });
  controls();
  words();
  performance.mark("first-frame");
  await new Promise((done) => setTimeout(done)); // the map is drawn before the tables are unpacked
  const [data, module] = await Promise.all(["data", "module"].map((name) => unpacked(window.PARTS[name])));
  const compiled = await WebAssembly.compile(module), source = URL.createObjectURL(new Blob([$("worker").textContent], {type: "text/javascript"}));
  [front, back] = [0, 1].map(() => new Worker(source));
  for (const one of [front, back]) one.postMessage({type: "load", facts: bundle, data: data.slice(0), module: compiled});
  front.onmessage = heard;
  back.onmessage = ({data: state}) => { if (state.type === "quarter") { keep(state); if (!page.playing) drawSoon(); } };
  begin(page.quarter);
}

open().catch((error) => { $("error").textContent = String(error.message || error); });
