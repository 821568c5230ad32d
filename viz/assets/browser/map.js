"use strict";
// The map: cities as dots, hosts with a ring. Chosen by pointer or by arrow keys.

/** Blue above 0, brown below, on a scale of ± most. */
function diverging(value, most) {
  const part = Math.max(-1, Math.min(1, value / (most || 1)));
  const [from, to] = [[222, 226, 230], part < 0 ? [138, 90, 0] : [31, 95, 168]];
  return `rgb(${from.map((one, k) => Math.round(one + (to[k] - one) * Math.sqrt(Math.abs(part)))).join(",")})`;
}

class CityMap {
  constructor(canvas, cities, chosen) {
    Object.assign(this, {canvas, cities, chosen, at: -1, values: [], hosts: new Set(), most: 1});
    const [lons, lats] = [1, 2].map((k) => cities.map((one) => one[k]));
    const middle = (Math.min(...lats) + Math.max(...lats)) / 2;
    this.xy = cities.map(([, lon, lat]) => [lon * Math.cos((middle * Math.PI) / 180), -lat]);
    this.box = [0, 1].map((k) => [Math.min(...this.xy.map((one) => one[k])), Math.max(...this.xy.map((one) => one[k]))]);
    canvas.addEventListener("click", (event) => this.click(event));
    canvas.addEventListener("keydown", (event) => this.key(event));
    addEventListener("resize", () => this.draw());
  }

  place(k) {
    const [[left, right], [top, foot]] = this.box, pad = 14 * this.scale;
    const size = Math.min((this.canvas.width - 2 * pad) / Math.max(1e-9, right - left), (this.canvas.height - 2 * pad) / Math.max(1e-9, foot - top));
    const spare = [this.canvas.width - size * (right - left), this.canvas.height - size * (foot - top)];
    return [spare[0] / 2 + size * (this.xy[k][0] - left), spare[1] / 2 + size * (this.xy[k][1] - top)];
  }

  show(values, hosts, sizes) {
    this.values = values;
    this.hosts = new Set(hosts);
    this.sizes = sizes;
    const known = values.filter(Number.isFinite).map(Math.abs).sort((a, b) => a - b);
    this.most = known[Math.floor(0.95 * (known.length - 1))] || known.at(-1) || 0; // 0: nothing to show yet
    this.draw();
  }

  draw() {
    this.scale = devicePixelRatio || 1;
    const width = this.canvas.clientWidth || 600, height = Math.min(width * 0.75, innerHeight * 0.5);
    const pen = this.canvas.getContext("2d"), ink = getComputedStyle(document.body).color;
    const size = [width, height, this.scale].join();
    if (this.drawn !== size) { // a canvas that is given a size starts from nothing
      this.drawn = size;
      this.canvas.style.height = height + "px";
      [this.canvas.width, this.canvas.height] = [width * this.scale, height * this.scale];
    }
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    const most = Math.max(...(this.sizes || [1]));
    const rank = (k) => (k === this.at ? 2 : Number(this.hosts.has(k))); // what stands in front
    const order = [...this.cities.keys()].sort((a, b) => rank(a) - rank(b));
    for (const k of order) {
      const [x, y] = this.place(k);
      const radius = this.scale * (2 + 7 * Math.sqrt(Math.max(0, this.sizes ? this.sizes[k] / most : 0.1)));
      pen.beginPath();
      pen.arc(x, y, radius, 0, 2 * Math.PI);
      pen.fillStyle = Number.isFinite(this.values[k]) ? diverging(this.values[k], this.most) : "#9aa5b1";
      pen.fill();
      pen.lineWidth = this.scale * (this.hosts.has(k) ? 2.2 : 0.6);
      pen.strokeStyle = this.hosts.has(k) ? ink : "#7a8591";
      pen.stroke();
      if (k === this.at) {
        pen.beginPath();
        pen.arc(x, y, radius + 5 * this.scale, 0, 2 * Math.PI);
        pen.lineWidth = 2 * this.scale;
        pen.strokeStyle = ink;
        pen.stroke();
        pen.fillStyle = ink;
        pen.font = `${13 * this.scale}px system-ui, sans-serif`;
        pen.textAlign = x > this.canvas.width / 2 ? "right" : "left";
        const text = [this.name(k), x + (x > this.canvas.width / 2 ? -1 : 1) * (radius + 8 * this.scale), y];
        [pen.strokeStyle, pen.lineWidth] = [getComputedStyle(this.canvas.parentElement).backgroundColor, 4 * this.scale];
        pen.strokeText(...text); // other cities lie under the name
        pen.fillText(...text);
      }
    }
  }

  choose(k) {
    this.at = k;
    this.draw();
    this.chosen(k);
  }

  click(event) {
    const box = this.canvas.getBoundingClientRect(), [x, y] = [event.clientX - box.left, event.clientY - box.top].map((one) => one * this.scale);
    const apart = this.cities.map((_, k) => Math.hypot(this.place(k)[0] - x, this.place(k)[1] - y));
    const near = apart.indexOf(Math.min(...apart));
    if (apart[near] < 24 * this.scale) this.choose(near);
  }

  /** Move to the nearest city in the direction of an arrow. */
  key(event) {
    const way = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[event.key];
    if (!way) return;
    event.preventDefault();
    if (this.at < 0) return this.choose(0);
    const [x, y] = this.place(this.at);
    let [best, least] = [this.at, Infinity];
    this.cities.forEach((_, k) => {
      const [dx, dy] = [this.place(k)[0] - x, this.place(k)[1] - y], along = dx * way[0] + dy * way[1], off = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
      const far = along + 2 * off;
      if (k !== this.at && along > off && far < least) [best, least] = [k, far];
    });
    this.choose(best);
  }
}
