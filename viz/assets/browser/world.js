"use strict";
// Runs of a study by the module of its rules. This file holds no rule: it lays tables into memory as
// tests/support/memory_image.py does, takes the rows of the centres that open from a template, and
// calls the module once a quarter. It runs in a worker of a browser and in Node.

const STACK = 65536;
const CHUNK_ROWS = 65536;
const BLOCK = 256;
const SIZES = {f8: 8, i8: 8, u8: 8, i4: 4, u4: 4};
const [KEYS_OF_STEP, CLEAR, TAKE, ADD] = [0, 1, 2, 3];
const CENTRE_TABLES = ["providers", "offers", "city_offers"];

/** An array: its type, lengths and bytes. */
class Column {
  constructor(type, shape, bytes) {
    this.type = type;
    this.shape = shape;
    this.bytes = bytes || new Uint8Array(SIZES[type] * shape.reduce((a, b) => a * b, 1));
  }

  get numbers() {
    const {buffer, byteOffset: at, byteLength: size} = this.bytes;
    if (this.type === "f8") return new Float64Array(buffer, at, size / 8);
    if (this.type === "i4") return new Int32Array(buffer, at, size / 4);
    return new BigInt64Array(buffer, at, size / 8);
  }

  static filled(type, shape, value) {
    const made = new Column(type, shape);
    made.numbers.fill(made.type === "i8" ? BigInt(value) : value);
    return made;
  }
}

/** A study: its description, its data and its module, compiled. */
class Bundle {
  constructor(facts, data, module) {
    this.facts = facts;
    this.data = data;
    this.module = module;
    this.cities = facts.cities.length;
    this.template = {};
    for (const [name, said] of Object.entries(facts.arrays)) this.template[name] = this.column(said);
  }

  column(said) {
    const count = said.shape.reduce((a, b) => a * b, 1), size = SIZES[said.type] * count;
    if (!("all" in said)) return new Column(said.type, said.shape, this.data.subarray(said.at, said.at + size));
    const made = new Column(said.type, said.shape), one = said.all.match(/../g).map((pair) => parseInt(pair, 16));
    for (let k = 0; k < size; k++) made.bytes[k] = one[k % one.length];
    return made;
  }

  /** Return the arrays of a run before its burn-in, with these centres in the order of their rows. */
  arrays(seed, openings) {
    const {facts} = this, own = facts.seeds[seed].arrays, found = {};
    for (const name of Object.keys(facts.arrays)) {
      found[name] = name in own ? this.column(own[name]) : this.template[name];
    }
    return this.withCentres(found, openings);
  }

  /** Replace the tables of centres, and the arrays of their length, by those of these centres. */
  withCentres(arrays, openings) {
    const {facts} = this, found = {...arrays}, count = openings.length + facts.slots, rows = this.rows(count);
    const cities = openings.map((one) => one.city);
    const hosts = facts.slots ? [...Array(this.cities).keys()] : [...new Set(cities)].sort((a, b) => a - b);
    // Rows of the template: those of the centres' cities, then those that are free.
    const taken = [...cities, ...[...Array(facts.slots).keys()].map((k) => this.cities + k)];
    const offers = taken.flatMap((row) => [...Array(facts.classes).keys()].map((k) => row * facts.classes + k));
    for (const [name, from] of Object.entries(this.template)) {
      const table = name.split(".")[0];
      if (table === "providers") found[name] = rowsOf(from, taken);
      if (table === "offers") found[name] = rowsOf(from, offers);
      if (table === "city_offers") found[name] = columnsOf(from, offers, this.cities);
      if (facts.by_host.includes(name)) found[name] = rowsOf(from, hosts);
      if (name in facts.off && CENTRE_TABLES.includes(facts.off[name])) {
        found[name] = rowsOf(from, [...Array(rows[facts.off[name]]).keys()].fill(0));
      }
    }
    this.writeCentres(found, openings, hosts);
    for (const [name, table] of Object.entries(facts.made)) {
      if (table !== "steps") found[name] = Column.filled("f8", [rows[table]], 0);
    }
    return found;
  }

  writeCentres(found, openings, hosts) {
    const {facts} = this, steps = [];
    const standard = this.template["kinds.standard_capacity"].numbers;
    const to = (name) => found["providers." + name].numbers;
    openings.forEach((one, row) => {
      const [[, size], ...later] = one.sizes;
      to("kind")[row] = one.kind;
      to("site")[row] = hosts.indexOf(one.city);
      to("opens")[row] = one.quarter;
      to("size")[row] = size;
      to("capacity")[row] = standard[one.kind] * size;
      if (one.industry !== null) [to("dedicated")[row], to("industry")[row]] = [1, one.industry];
      for (const [quarter, next] of later) steps.push([quarter, row, next]);
      for (let k = 0; k < facts.classes; k++) {
        found["offers.service"].numbers[row * facts.classes + k] = one.kind * facts.classes + k;
      }
    });
    const provider = found["offers.provider"].numbers;
    for (let k = 0; k < provider.length; k++) provider[k] = Math.floor(k / facts.classes);
    if (facts.slots) to("taken").fill(0).fill(1, 0, openings.length);
    found.step_quarter = new Column("f8", [steps.length]);
    found.step_row = new Column("i8", [steps.length]);
    found.step_size = new Column("f8", [steps.length]);
    steps.forEach(([quarter, row, size], k) => {
      found.step_quarter.numbers[k] = quarter;
      found.step_row.numbers[k] = BigInt(row);
      found.step_size.numbers[k] = size;
    });
  }

  /** Return the rows of every table with so many centres. */
  rows(centres) {
    const {facts} = this;
    return {...facts.rows, providers: centres, offers: centres * facts.classes,
      city_offers: this.cities * centres * facts.classes};
  }
}

function rowsOf(from, chosen) {
  const width = from.bytes.length / from.shape[0], made = new Column(from.type, [chosen.length, ...from.shape.slice(1)]);
  chosen.forEach((row, k) => made.bytes.set(from.bytes.subarray(row * width, (row + 1) * width), k * width));
  return made;
}

function columnsOf(from, chosen, high) {
  const size = SIZES[from.type], wide = from.bytes.length / size / high;
  const made = new Column(from.type, [high * chosen.length]), [source, target] = [from.numbers, made.numbers];
  for (let row = 0; row < high; row++) {
    for (let k = 0; k < chosen.length; k++) target[row * chosen.length + k] = source[row * wide + chosen[k]];
  }
  return made;
}

/** The content of a module's memory after its data: arrays, arguments of the calls, list of calls. */
class Image {
  constructor(bundle, arrays, centres, seed, numbers) {
    const {facts} = bundle, {program} = facts;
    this.bundle = bundle;
    this.pieces = [];
    this.places = {};
    this.entries = [];
    this.start = this.end = Math.ceil((facts.data_end + STACK) / 16) * 16;
    this.rows = bundle.rows(centres);
    this.arrays = {...arrays};
    const of = (type, length) => new Column(type, [length]);
    this.arrays.parameters = of("f8", program.parameters.length);
    program.parameters.forEach((name, k) => { this.arrays.parameters.numbers[k] = numbers[name]; });
    this.arrays.draw_bases = of("u8", program.streams.length);
    facts.seeds[seed].bases.forEach((base, k) => { this.arrays.draw_bases.numbers[k] = BigInt.asIntN(64, BigInt("0x" + base)); });
    this.arrays.draw_keys = of("u8", program.streams.length);
    this.arrays.buffer_values = of("f8", program.values);
    for (let k = 0; k < program.indices; k++) this.arrays["buffer_rows_" + k] = of("u4", BLOCK);
    for (const [name, column] of Object.entries(this.arrays)) this.places[name] = this.add(column.bytes);
    this.entry(KEYS_OF_STEP, 1, ["draw_bases", "draw_keys", "nation.quarter"].flatMap((name) => this.slots(name)));
    for (const call of program.calls) this.call(call, call.table ? this.chunks(call.table) : [null]);
    this.count = this.entries.length;
    this.program = this.add(new Uint8Array(new Int32Array(this.entries.flat()).buffer));
  }

  add(bytes) {
    this.end = Math.ceil(this.end / 16) * 16;
    const place = this.end;
    this.pieces.push([place, bytes]);
    this.end += bytes.length;
    return place;
  }

  entry(kernel, every, slots) {
    this.entries.push([kernel, this.add(new Uint8Array(new BigInt64Array(slots.map(BigInt)).buffer)), every, 0]);
  }

  slots(name) {
    return [this.places[name], ...this.arrays[name].shape];
  }

  chunks(table) {
    const {facts} = this.bundle, found = [];
    if (table in facts.pairs) {
      const [high, width] = facts.pairs[table].map((name) => this.rows[name]);
      const stride = Math.max(1, Math.floor(CHUNK_ROWS / Math.max(1, width)));
      for (let k = 0; k < Math.max(1, high); k += stride) found.push([k, Math.min(k + stride, high), 0, width, width]);
      return found;
    }
    const rows = this.rows[table];
    for (let k = 0; k === 0 || k < rows; k += CHUNK_ROWS) found.push([0, 1, k, Math.min(k + CHUNK_ROWS, rows), 0]);
    return found;
  }

  call(call, chunks) {
    const sizes = call.totals.map((name) => this.arrays[name].shape[0]);
    const parts = chunks.map(() => sizes.map((size) => [this.add(new Uint8Array(8 * size)), size]));
    for (const part of parts) for (const sum of part) this.entry(CLEAR, call.every, sum);
    chunks.forEach((chunk, k) => this.entry(call.kernel, call.every, this.given(call, chunk, parts[k])));
    call.totals.forEach((name, k) => parts.forEach((part, number) => {
      this.entry(number ? ADD : TAKE, call.every, [...this.slots(name), ...part[k]]);
    }));
  }

  given(call, chunk, part) {
    const {program} = this.bundle.facts;
    return call.arguments.flatMap(([kind, name]) => {
      if (kind === "array") return this.slots(name);
      if (kind === "part") return part[name];
      if (kind === "chunk") return [chunk[name]];
      if (kind === "parameter") return [this.places.parameters + 8 * program.parameters.indexOf(name)];
      return [this.places.draw_keys + 8 * program.streams.indexOf(name)];
    });
  }
}

/** One run: its memory, its module and its clock. */
class World {
  /** @param changes parameters that differ from the study's, from the start. */
  constructor(bundle, seed, openings, changes = {}) {
    this.bundle = bundle;
    this.seed = seed;
    this.openings = openings;
    this.numbers = {...bundle.facts.numbers, ...changes};
    this.quarter = -bundle.facts.burn_in;
    this.load(bundle.arrays(seed, openings));
  }

  load(arrays) {
    const image = new Image(this.bundle, arrays, this.openings.length + this.bundle.facts.slots, this.seed, this.numbers);
    const pages = Math.ceil((image.end + 65536) / 65536);
    this.memory = new WebAssembly.Memory({initial: pages});
    const given = {};
    for (const one of WebAssembly.Module.imports(this.bundle.module)) {
      if (one.kind === "memory") given[one.name] = this.memory;
      else if (one.kind === "global") given[one.name] = new WebAssembly.Global({value: "i32", mutable: true}, image.start);
      else given[one.name] = new WebAssembly.Table({element: "anyfunc", initial: 1});
    }
    const bytes = new Uint8Array(this.memory.buffer);
    for (const [place, piece] of image.pieces) bytes.set(piece, place);
    image.pieces = null;
    this.image = image;
    this.instance = new WebAssembly.Instance(this.bundle.module, {env: given});
  }

  /** Return a view of a column as it is now; it is lost when a centre is opened. */
  column(name) {
    const {type, shape} = this.image.arrays[name];
    const count = shape.reduce((a, b) => a * b, 1);
    const bytes = new Uint8Array(this.memory.buffer, this.image.places[name], SIZES[type] * count);
    return new Column(type, shape, bytes);
  }

  write(name, value) {
    this.numbers[name] = value;
    this.column("parameters").numbers[this.bundle.facts.program.parameters.indexOf(name)] = value;
  }

  /** Give a parameter another value from the next quarter on. */
  set(name, value) {
    this.write(name, value);
  }

  /** Run the next quarter. */
  step() {
    const {facts} = this.bundle;
    for (const [name, path] of Object.entries(facts.varying)) {
      const at = Math.min(this.quarter + facts.burn_in, path.length - 1);
      if (facts.program.parameters.includes(name)) this.write(name, path[at]);
    }
    this.column("nation.quarter").numbers[0] = this.quarter;
    this.call(this.image.program, this.image.count, this.quarter);
    this.quarter += 1;
  }

  call(program, count, quarter) {
    const failed = this.instance.exports.run(program, count, BigInt(quarter));
    if (failed) {
      const kernel = this.image.entries[failed - 1][0];
      throw new Error(this.bundle.facts.kernels[kernel] + " gives no usable number in quarter " + quarter);
    }
  }

  /** Open a centre in the next quarter, to the bit as if it had been there from the start. */
  open(city, kind, size) {
    const one = {city, kind, quarter: this.quarter, sizes: [[this.quarter, size]], industry: null, listed: true};
    let row = this.openings.findIndex((other) => other.quarter > one.quarter || (other.quarter === one.quarter && !other.listed));
    if (row < 0) row = this.openings.length;
    const old = {}, before = this.openings, {classes, slots, by_host: byHost} = this.bundle.facts;
    for (const [name, {type, shape}] of Object.entries(this.image.arrays)) {
      if (!/^(parameters|draw_|buffer_)/.test(name)) old[name] = new Column(type, shape, this.column(name).bytes.slice());
    }
    this.openings = [...before.slice(0, row), one, ...before.slice(row)];
    const made = this.bundle.withCentres(old, this.openings);
    const rows = before.length + slots, kept = [...Array(rows + 1).keys()].filter((k) => k !== row);
    const keptOffers = kept.flatMap((k) => [...Array(classes).keys()].map((w) => k * classes + w));
    const offers = (rows + 1) * classes;
    for (const name of Object.keys(made)) {
      const [table, column] = name.split(".");
      const put = (target, from) => target.forEach((to, k) => { made[name].numbers[to] = old[name].numbers[from ? from(k) : k]; });
      if (table === "providers" && (column !== "site" || slots)) put(kept);
      if (table === "offers" && column !== "provider") put(keptOffers);
      if (table === "city_offers") {
        for (let city = 0; city < this.bundle.cities; city++) {
          keptOffers.forEach((to, k) => {
            made[name].numbers[city * offers + to] = old[name].numbers[city * rows * classes + k];
          });
        }
      }
    }
    const [was, now] = [old["providers.site"].numbers, made["providers.site"].numbers];
    for (const name of ["route_traffic", "route_carried"]) {
      const width = 8 * this.bundle.cities;
      if (made[name].shape[0] === old[name].shape[0]) made[name].bytes.set(old[name].bytes);
      else kept.forEach((to, k) => {
        made[name].bytes.set(old[name].bytes.subarray(was[k] * width, (was[k] + 1) * width), now[to] * width);
      });
    }
    this.load(made);
    if (this.quarter > -this.bundle.facts.burn_in) this.replay(row);
    return row;
  }

  /** Give a row of centres the values that their rules would have given it in the last quarter. */
  replay(row) {
    const {image} = this, {program} = this.bundle.facts, first = image.entries.length;
    const start = Math.ceil(image.end / 16) * 16;
    image.pieces = [];
    image.entry(KEYS_OF_STEP, 1, ["draw_bases", "draw_keys", "nation.quarter"].flatMap((name) => image.slots(name)));
    for (const call of program.calls) {
      if (call.table === "providers" && !call.totals.length) image.entry(call.kernel, 1, image.given(call, [0, 1, row, row + 1, 0], []));
    }
    const list = image.entries.splice(first), place = image.add(new Uint8Array(new Int32Array(list.flat()).buffer));
    if (image.end > this.memory.buffer.byteLength) this.memory.grow(Math.ceil((image.end - this.memory.buffer.byteLength) / 65536));
    const bytes = new Uint8Array(this.memory.buffer);
    for (const [at, piece] of image.pieces) bytes.set(piece, at);
    image.pieces = null;
    image.end = start;
    this.call(place, list.length, this.quarter - 1);
  }
}

if (typeof module !== "undefined") module.exports = {Bundle, World};
