"use strict";
// The board: what is ticked on the left is drawn on the right. Numbers come from the server, or stand in the page (report.html).
(() => {
const $ = id => document.getElementById(id);
const embedded = document.getElementById("data") && JSON.parse($("data").textContent);
const companions = ["learningRate", "gradientNorm", "updateRms"];
const names = {
  trainLoss: "training loss, nats per token", validationLoss: "validation loss, nats per token", learningRate: "learning rate",
  gradientNorm: "gradient norm", updateRms: "RMS of the update", tokensPerSecond: "tokens per second",
};
const title = measure => {
  const [name, layer] = measure.split("@");
  const words = names[name] || name.replace(/([A-Z])/g, " $1").toLowerCase();
  return layer === undefined ? words : `${words}, ${layer === "all" ? "whole model" : "layer " + layer}`;
};

// ── Numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────
const ranges = ids => {   // [0,1,2,3,7] → "0-3,7"
  const parts = [];
  for (let i = 0; i < ids.length; i++) {
    const first = i;
    while (i + 1 < ids.length && ids[i + 1] === ids[i] + 1) i++;
    parts.push(first === i ? `${ids[i]}` : `${ids[first]}-${ids[i]}`);
  }
  return parts.join(",");
};
const get = async path => {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
};
const source = embedded ? {
  list: async () => embedded,
  settings: async id => embedded.settings[id],
  curves: async (x, y, ids) => {
    const all = embedded.curves[y] && embedded.curves[y][x];
    return all ? { x: all.x, y: ids.map(id => all.y[id]) } : { x: [], y: ids.map(() => []) };
  },
} : {
  list: () => get("api/list"),
  settings: id => get(`api/settings?id=${id}`),
  curves: (x, y, ids, view, points) => get(`api/curves?x=${x}&y=${encodeURIComponent(y)}&runs=${ranges(ids)}&points=${points}`
    + (view ? `&from=${view[0]}&to=${view[1]}` : "")),
};

// ── State ────────────────────────────────────────────────────────────────────────────────────────────────────────────
let list = { experiments: [], runs: [], measures: [] };
const chosen = new Set(), seen = new Set();
let view = null;          // the part of the axis that is seen, or all of it
const charts = new Map(); // by measure
const key = r => `${r.experiment}|${r.arm}|${r.variant}|${r.learningRate}`;
const label = r => [r.arm, r.variant, rates(r) ? `lr ${r.learningRate}` : ""].filter(s => s).join(" · ");
const rates = r => list.runs.some(o => o.experiment === r.experiment && o.variant === r.variant && o.arm === r.arm && o.learningRate !== r.learningRate);
const groups = runs => {
  const byKey = new Map();
  for (const r of runs) byKey.has(key(r)) ? byKey.get(key(r)).push(r) : byKey.set(key(r), [r]);
  return [...byKey.values()];
};

// ── Curves ───────────────────────────────────────────────────────────────────────────────────────────────────────────
const filled = (x, y) => {   // gaps between two values of a run become straight lines
  const full = y.slice();
  let last = -1;
  for (let i = 0; i < y.length; i++) {
    if (y[i] == null) continue;
    for (let j = last + 1; last >= 0 && j < i; j++) full[j] = y[last] + (y[i] - y[last]) * (x[j] - x[last]) / (x[i] - x[last]);
    last = i;
  }
  return full;
};
const smoothed = (y, weight) => {   // exponential mean without the bias of its beginning
  if (weight === 0) return y;
  let sum = 0, norm = 0;
  return y.map(v => {
    if (v == null) return null;
    sum = weight * sum + (1 - weight) * v;
    norm = weight * norm + 1 - weight;
    return sum / norm;
  });
};
const alpha = (color, a) => color + Math.round(255 * a).toString(16).padStart(2, "0");

// From the runs' columns to uPlot's series: a line a run, or a line in a band a group of seeds.
const lines = (columns, runs) => {
  const weight = +$("smoothing").value;
  const at = new Map(runs.map((r, i) => [r.id, i]));
  const data = [columns.x], series = [{}], bands = [];
  const add = (values, options) => { data.push(values); series.push({ spanGaps: true, points: { show: columns.x.length < 3 }, ...options }); };
  const perSeed = $("seeds").value === "lines", all = groups(runs);
  const crowded = all.length > 16 || (perSeed && runs.length > 40);   // bands over bands show nothing, and thin lines move faster
  for (const group of all) {
    const { color } = group[0], name = label(group[0]);
    const curves = group.map(r => smoothed(filled(columns.x, columns.y[at.get(r.id)]), weight));
    if (perSeed || group.length === 1) {
      curves.forEach((c, i) => add(c, { stroke: color, width: crowded ? 1 : 1.25, label: `${name} · seed ${group[i].seed}` }));
      continue;
    }
    const mean = [], low = [], high = [];
    for (let i = 0; i < columns.x.length; i++) {
      let n = 0, sum = 0, least = Infinity, most = -Infinity;
      for (const c of curves) {
        const v = c[i];
        if (v == null) continue;
        n++; sum += v; least = Math.min(least, v); most = Math.max(most, v);
      }
      mean.push(n ? sum / n : null); low.push(n ? least : null); high.push(n ? most : null);
    }
    add(mean, { stroke: color, width: crowded ? 1 : 2, label: `${name} · ${group.length} seeds` });
    if (crowded) continue;
    add(high, { stroke: "transparent", width: 0, label: "" });
    add(low, { stroke: "transparent", width: 0, label: "" });
    bands.push({ series: [series.length - 2, series.length - 1], fill: alpha(color, 0.15) });
  }
  return { data, series, bands };
};

// ── Charts ───────────────────────────────────────────────────────────────────────────────────────────────────────────
const short = v => v == null ? "" : v !== 0 && (Math.abs(v) >= 1e5 || Math.abs(v) < 1e-3) ? v.toExponential(2) : String(+v.toPrecision(5));
const moving = () => ({   // the wheel zooms at the pointer; with shift it moves along
  hooks: { ready: u => u.over.addEventListener("wheel", e => {
    e.preventDefault();
    const { min, max } = u.scales.x, width = max - min;
    const to = e.shiftKey ? (d => [min + d, max + d])((e.deltaY || e.deltaX) / u.bbox.width * width)
      : (f => { const p = u.posToVal(e.offsetX, "x"); return [p - (p - min) * f, p + (max - p) * f]; })(e.deltaY < 0 ? 0.85 : 1 / 0.85);
    u.setScale("x", { min: to[0], max: to[1] });
  }, { passive: false }) },
});
const tip = host => ({
  hooks: { setCursor: u => {
    const box = host.querySelector(".tip"), i = u.cursor.idx;
    let best = null, nearest = 30;
    if (i != null) for (let s = 1; s < u.series.length; s++) {
      const v = u.data[s][i];
      if (v == null || !u.series[s].label) continue;
      const d = Math.abs(u.valToPos(v, "y") - u.cursor.top);
      if (d < nearest) [nearest, best] = [d, s];
    }
    box.hidden = best === null;
    if (best === null) return;
    box.textContent = `${u.series[best].label}: ${short(u.data[best][i])} at ${short(u.data[0][i])}`;
    const left = u.cursor.left + u.bbox.left / devicePixelRatio + 14;
    box.style.left = `${Math.min(left, host.clientWidth - box.offsetWidth - 4)}px`;
    box.style.top = `${u.cursor.top + 30}px`;
  } },
});
const sync = u => {   // what is zoomed into is asked for in more detail; the other charts follow with the numbers
  const { min, max } = u.scales.x, given = u.given || [];   // uPlot tells of what the page has set as of a hand's zoom, and later
  if (min == null || max == null || (min === given[0] && max === given[1])) return;
  view = [min, max];
  soon(120);
};
const wholeNumbers = [...Array(16).keys()].flatMap(p => [1, 2, 5].map(d => d * 10 ** p));
const ink = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const draw = (measure, host, height, columns, runs) => {
  let chart = charts.get(measure);
  if (!chart) {
    host.innerHTML = `<div class="plot"><h2></h2><div class="tip" hidden></div></div>`;
    chart = { host: host.firstChild, signature: "" };
    charts.set(measure, chart);
  }
  const log = $("log").checked && /loss|norm|Norm|rms|Rms|sigma|Loss/.test(measure);
  chart.host.firstChild.textContent = title(measure) + (log ? ", logarithmic axis" : "");
  const { data, series, bands } = lines(columns, runs);
  if (log) for (let s = 1; s < data.length; s++) data[s] = data[s].map(v => v > 0 ? v : null);
  const signature = JSON.stringify([series.map(s => [s.label, s.stroke]), log, $("axis").value]);
  if (signature === chart.signature) {
    chart.plot.setData(data, false);
  } else {
    if (chart.plot) chart.plot.destroy();
    chart.signature = signature;
    const axis = { stroke: ink("--quiet"), grid: { stroke: ink("--line"), width: 1 }, ticks: { stroke: ink("--line") }, font: "12px system-ui", labelFont: "12px system-ui", labelSize: 20 };
    chart.plot = new uPlot({
      width: chart.host.clientWidth, height,
      legend: { show: false },
      cursor: { drag: { x: true, y: false }, points: { show: false }, bind: { dblclick: () => () => whole() } },
      scales: { x: { time: false }, y: { distr: log ? 3 : 1 } },
      axes: [{ ...axis, label: $("axis").value, incrs: wholeNumbers }, { ...axis, size: 62, values: (u, splits) => splits.map(short) }],
      series, bands, plugins: [moving(), tip(chart.host)], hooks: { setScale: [(u, scale) => scale === "x" && sync(u)] },
    }, data, chart.host);
  }
  if (!data[0].length) return;
  const [min, max] = chart.plot.given = view || [0, data[0][data[0].length - 1]];
  chart.plot.setScale("x", { min, max });
};
const whole = () => { view = null; soon(0); };

// ── Drawing it all ───────────────────────────────────────────────────────────────────────────────────────────────────
const redraw = async () => {
  const runs = list.runs.filter(r => chosen.has(r.id)), main = $("measure").value;
  const shown = [main, ...companions.filter(m => m !== main && list.measures.includes(m))];
  for (const [measure, chart] of charts) {
    if (shown.includes(measure) && (measure === main) === (chart.host.parentNode === $("chart"))) continue;
    if (chart.plot) chart.plot.destroy();
    chart.host.remove();
    charts.delete(measure);
  }
  const points = Math.max(200, Math.min(1600, Math.round(80000 / Math.max(1, runs.length))));
  const axis = $("axis").value, ids = runs.map(r => r.id);
  for (const measure of shown) {   // all boxes first: a chart takes the width of its own
    if (measure === main || $(`small-${measure}`)) continue;
    element("div", undefined, $("small")).id = `small-${measure}`;
  }
  for (const measure of shown) {
    const columns = await source.curves(axis, measure, ids, view, measure === main ? points : Math.min(points, 400));
    draw(measure, measure === main ? $("chart") : $(`small-${measure}`), measure === main ? Math.max(320, Math.round(innerHeight * 0.5)) : 190, columns, runs);
  }
  for (const div of [...$("small").children]) if (!shown.includes(div.id.slice(6)) || div.id.slice(6) === main) div.remove();
  const training = list.runs.filter(r => !r.ended && r.lastNews && Date.now() - Date.parse(r.lastNews) < 60000).length;
  $("status").textContent = `${runs.length} of ${list.runs.length} runs` + (embedded ? "" : training ? ` · ${training} in training` : " · none in training");
};
let busy = false, again = false, timer = 0;
const soon = delay => { clearTimeout(timer); timer = setTimeout(refresh, delay); };
const refresh = async () => {
  if (busy) { again = true; return; }
  busy = true;
  try {
    await redraw();
  } catch (e) {
    $("status").textContent = `the board's server does not answer: ${e.message}`;
  } finally {
    busy = false;
    if (again) { again = false; soon(0); }
  }
};

// ── The list ─────────────────────────────────────────────────────────────────────────────────────────────────────────
const element = (tag, text, parent) => { const e = document.createElement(tag); if (text !== undefined) e.textContent = text; if (parent) parent.append(e); return e; };
const tick = (parent, ids) => {
  const box = element("input", undefined, parent);
  box.type = "checkbox";
  const on = ids.filter(id => chosen.has(id)).length;
  box.checked = on === ids.length;
  box.indeterminate = on > 0 && on < ids.length;
  box.onchange = () => { ids.forEach(id => box.checked ? chosen.add(id) : chosen.delete(id)); showList(); soon(0); };
  return box;
};
const showList = () => {
  const filter = $("filter").value.toLowerCase();
  const root = $("runs");
  root.textContent = "";
  for (const experiment of list.experiments) {
    const runs = list.runs.filter(r => r.experiment === experiment.id && `${experiment.name} ${label(r)}`.toLowerCase().includes(filter));
    if (!runs.length) continue;
    const box = element("div", undefined, root);
    box.className = "experiment";
    const head = element("label", undefined, box);
    head.className = "head";
    tick(head, runs.map(r => r.id));
    head.append(` ${experiment.name}`);
    for (const group of groups(runs)) {
      const row = element("label", undefined, box);
      row.className = "variant";
      tick(row, group.map(r => r.id));
      element("i", undefined, row).style.background = group[0].color;
      element("span", label(group[0]), row);
      const losses = group.map(r => r.validationLoss).filter(v => v != null);
      const done = group.filter(r => r.ended).length;
      const state = done === group.length ? "" : `${Math.round(100 * group.reduce((s, r) => s + (r.ended ? 1 : (r.step || 0) / Math.max(1, r.steps)), 0) / group.length)} % `;
      element("small", state + (losses.length ? (losses.reduce((a, b) => a + b, 0) / losses.length).toFixed(3) : "–"), row);
      row.title = `${group.length} seeds, ${done} ended; mean of the last validation losses, nats per token`;
    }
  }
  const verdicts = $("verdicts");
  verdicts.textContent = "";
  for (const e of list.experiments) {
    if (!e.verdict || !list.runs.some(r => r.experiment === e.id && chosen.has(r.id))) continue;
    const card = element("div", undefined, verdicts);
    card.className = `verdict ${e.verdict.outcome}`;
    element("b", `${e.name}: ${e.verdict.outcome}. `, card);
    card.append(`${e.verdict.claim}? ${e.finding || e.verdict.reason}.`);
  }
  for (const id of ["left", "right"]) {
    const select = $(id), before = select.value;
    const options = list.runs.map(r => [r.id, `${list.experiments[r.experiment].name} · ${label(r)} · seed ${r.seed}`]);
    if (select.length === options.length) continue;
    select.textContent = "";
    for (const [value, text] of options) element("option", text, select).value = value;
    select.value = before || (id === "left" ? options[0]?.[0] : (groups(list.runs)[1] || list.runs)[0]?.id) || 0;
  }
};
const showMeasures = () => {
  const select = $("measure");
  if (select.length === list.measures.length) return;
  const before = select.value || (list.measures.includes("validationLoss") ? "validationLoss" : list.measures[0]);
  select.textContent = "";
  const layers = document.createElement("optgroup");
  layers.label = "per layer";
  for (const measure of list.measures) element("option", title(measure), measure.includes("@") ? layers : select).value = measure;
  if (layers.firstChild) select.append(layers);
  select.value = before;
};
const showDifference = async () => {
  if (!list.runs.length) return;
  const [a, b] = await Promise.all(["left", "right"].map(id => source.settings(+$(id).value)));
  const table = $("difference");
  table.textContent = "";
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(k => JSON.stringify(a[k]) !== JSON.stringify(b[k]));
  if (!keys.length) { element("td", "no setting differs but the seed", element("tr", undefined, table)); return; }
  for (const k of keys) {
    const row = element("tr", undefined, table);
    element("th", k, row);
    element("td", String(a[k] ?? "–"), row);
    element("td", String(b[k] ?? "–"), row);
  }
};
const news = async () => {
  list = await source.list();
  for (const r of list.runs) if (!seen.has(r.id)) { seen.add(r.id); chosen.add(r.id); }
  showMeasures();
  showList();
  await refresh();
};

// ── Begin ────────────────────────────────────────────────────────────────────────────────────────────────────────────
for (const id of ["measure", "axis", "seeds", "log"]) $(id).onchange = () => { if (id === "axis") view = null; soon(0); };
$("smoothing").oninput = () => soon(30);
$("whole").onclick = whole;
$("filter").oninput = showList;
$("left").onchange = $("right").onchange = showDifference;
addEventListener("resize", () => { for (const chart of charts.values()) chart.signature = ""; soon(100); });
news().then(showDifference);
if (!embedded) {
  let pending = 0;
  const events = new EventSource("api/news");
  events.onmessage = () => { if (!pending) pending = setTimeout(() => { pending = 0; news(); }, 700); };
  events.onerror = () => { $("status").textContent = "the board's server does not answer"; };
}
window.board = { charts, redraw: refresh };   // for whoever drives the page
})();
