"use strict";
// The worker of a page: one seed with its twin, quarter by quarter (the front), or several seeds to their end
// (the background). Both follow a log of what the user did: [quarter, "set", name, value] and
// [quarter, "open", city, kind, size]; the quarter "start" means: from the start of the burn-in.

let bundle = null;
let twins = null; // the bundle of the twin, which has other events where the scenario builds centres
let pair = null; // the run and its twin
let log = [];
let layout = "scenario"; // or "none": only the centres of the log
let target = null; // quarter up to which to run, or null
let pause = 0; // milliseconds between quarters
let held = false; // in the background: leave most of the processor to the front
const REST = navigator.hardwareConcurrency > 1 ? 3 : 7; // times of a quarter that a held background waits after it
let job = 0; // raised to end what is under way

/** Let messages in, and wait so many milliseconds. A timer of 0 would take 4: browsers slow those that follow each other. */
function wait(time) {
  if (time > 0) return new Promise((done) => setTimeout(done, time));
  return new Promise((done) => { turns.push(done); turn.port2.postMessage(null); });
}
const turn = new MessageChannel(), turns = [];
turn.port1.onmessage = () => turns.shift()();

function made(seed) {
  const changes = {};
  for (const [when, what, name, value] of log) if (when === "start" && what === "set") changes[name] = value;
  const {openings, twin_openings: twin} = layout === "none" ? {openings: [], twin_openings: []} : bundle.facts.seeds[seed];
  return {seed, worlds: [new World(bundle, seed, openings, changes), new World(twins, seed, twin, changes)]};
}

/** Do what the log says for the coming quarter. */
function follow(two) {
  for (const [when, what, ...rest] of log) {
    if (when !== two.worlds[0].quarter) continue;
    if (what === "set") for (const world of two.worlds) world.set(...rest);
    else two.worlds[0].open(...rest);
  }
}

function state(two) {
  const [run, twin] = two.worlds, found = {type: "quarter", seed: two.seed, quarter: run.quarter, measures: {}};
  for (const name of bundle.facts.shown) {
    found.measures[name] = [run, twin].map((world) => world.column("cities." + name).numbers.slice());
  }
  const [city, kind, operating] = ["city", "kind", "operating"].map((name) => run.column("providers." + name).numbers);
  found.centres = [];
  for (let row = 0; row < city.length; row++) if (operating[row] > 0.5) found.centres.push([city[row], kind[row]]);
  found.hosts = [...new Set(found.centres.map(([one]) => one))];
  return found;
}

/** Post the state of a run and its twin; its arrays move to the page and are not copied. */
function tell(two, more = {}) {
  const found = {...state(two), ...more};
  postMessage(found, Object.values(found.measures).flat().map((one) => one.buffer));
}

async function prepare(two, number) {
  const {burn_in: burnIn} = bundle.facts;
  let shown = 0;
  while (two.worlds[0].quarter < 0) {
    for (const world of two.worlds) world.step();
    if (Date.now() - shown > 100) {
      shown = Date.now();
      postMessage({type: "burn-in", done: burnIn + two.worlds[0].quarter, of: burnIn});
      await wait(0);
      if (number !== job) return false;
    }
  }
  return true;
}

function quarter(two) {
  follow(two);
  for (const world of two.worlds) world.step();
}

async function front(seed, until) {
  const number = ++job;
  target = until;
  pair = null;
  const two = made(seed);
  if (!(await prepare(two, number))) return;
  while (two.worlds[0].quarter < until) {
    quarter(two);
    tell(two);
    await wait(0);
    if (number !== job) return;
  }
  pair = two;
  tell(two, {ready: true});
}

async function play(until, delay) {
  const number = ++job;
  [target, pause] = [until, delay];
  while (pair && pair.worlds[0].quarter < target) {
    const began = performance.now();
    quarter(pair);
    tell(pair);
    await wait(Math.max(0, pause - (performance.now() - began)));
    if (number !== job) return;
  }
  postMessage({type: "paused"});
}

async function background(seeds, until) {
  const number = ++job;
  for (const seed of seeds) {
    const two = made(seed);
    if (!(await prepare(two, number))) return;
    while (two.worlds[0].quarter < until) {
      const began = performance.now();
      quarter(two);
      tell(two);
      await wait(held ? REST * (performance.now() - began) : 0);
      if (number !== job) return;
    }
  }
  postMessage({type: "done"});
}

onmessage = async ({data}) => {
  try {
    if (data.type === "load") {
      const {facts, module} = data, content = new Uint8Array(data.data);
      bundle = new Bundle(facts, content, module);
      twins = facts.twin ? new Bundle({...facts, ...facts.twin}, content, module) : bundle;
    }
    if (data.layout) ({log, layout} = data);
    if (data.type === "front") await front(data.seed, data.until);
    if (data.type === "background") await background(data.seeds, data.until);
    if (data.type === "play") await play(data.until, data.delay);
    if (data.type === "pause") { job += 1; postMessage({type: "paused"}); }
    if (data.type === "hold") held = data.on;
    if (data.type === "act" && pair) {
      log.push([pair.worlds[0].quarter, ...data.what]); // the page may be some quarters behind
      postMessage({type: "log", log});
    }
  } catch (error) {
    postMessage({type: "error", text: String(error.message || error)});
  }
};
