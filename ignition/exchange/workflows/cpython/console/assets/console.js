// What a page does beyond plain HTML: local times, the theme, charts, and saying that the console is silent.
"use strict";

const zone = document.getElementById("zone");
const theme = document.getElementById("theme");
const THEMES = ["system", "light", "dark"];

function isLocal() {
  return localStorage.getItem("zone") === "local";
}

function twoDigits(n) {
  return String(n).padStart(2, "0");
}

function localText(at) {
  const day = [at.getFullYear(), twoDigits(at.getMonth() + 1), twoDigits(at.getDate())].join("-");
  return day + " " + [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(":");
}

function utcText(at) {
  return at.toISOString().slice(0, 19).replace("T", " ");
}

function showTimes() {
  for (const one of document.querySelectorAll("time[datetime]")) {
    const at = new Date(one.dateTime);
    const text = isLocal() ? localText(at) : utcText(at);
    if (one.textContent !== text) one.textContent = text;
    one.title = isLocal() ? utcText(at) + " UTC" : localText(at) + " local";
  }
  for (const one of document.querySelectorAll(".zone")) one.textContent = isLocal() ? "local" : "UTC";
  zone.textContent = isLocal() ? "Local time" : "UTC";
}

function showTheme() {
  const chosen = localStorage.getItem("theme") || "system";
  document.documentElement.dataset.theme = chosen;
  theme.textContent = "Theme: " + chosen;
}

// Charts: the figures stand in data attributes, so a new reading only changes those.

const plots = new Map();

function valueText(unit, value) {
  if (value == null) return "";
  if (unit === "ms") return value < 1000 ? Math.round(value) + " ms" : (value / 1000).toFixed(1) + " s";
  return value.toLocaleString("en");
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function draw(element) {
  const series = JSON.parse(element.dataset.series);
  const labels = JSON.parse(element.dataset.labels);
  const unit = element.dataset.unit;
  const look = document.documentElement.dataset.theme + matchMedia("(prefers-color-scheme: dark)").matches + isLocal();
  const known = plots.get(element.id);
  if (known && known.element === element && known.look === look) {
    known.plot.setData(series);
    return;
  }
  if (known) known.plot.destroy();
  const axis = { stroke: colour("--faint-text"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  const plot = new uPlot({
    width: element.clientWidth || 300,
    height: 150,
    tzDate: (seconds) => isLocal() ? new Date(seconds * 1e3) : uPlot.tzDate(new Date(seconds * 1e3), "Etc/UTC"),
    scales: { y: { range: (_, low, high) => [0, Math.max(high || 0, 1)] } },
    axes: [axis, { ...axis, size: 60, values: (_, ticks) => ticks.map((tick) => valueText(unit, tick)) }],
    series: [{ value: (_, seconds) => seconds == null ? "" : (isLocal() ? localText : utcText)(new Date(seconds * 1e3)) },
      ...labels.map((label, n) => ({
        label, width: 2, stroke: colour("--series-" + (n + 1)), points: { show: false },
        value: (_, value) => valueText(unit, value),
      }))],
  }, series, element);
  plots.set(element.id, { element, plot, look });
}

function drawCharts() {
  for (const element of document.querySelectorAll(".plot[data-series]")) draw(element);
}

// Lists: the box in the head of a table ticks all of its page.

function tickAll(event) {
  if (!event.target.matches("[data-ticks-all]")) return;
  for (const box of event.target.closest("table").querySelectorAll("tbody input[type=checkbox]")) box.checked = event.target.checked;
}

// Forms: a second click, before the page has answered the first, would order the same again.

let sent = new WeakSet();

function sendOnce(event) {
  const form = event.target;
  if (form.method !== "post" || "download" in form.dataset) return;
  if (sent.has(form)) event.preventDefault();
  sent.add(form);
}

function refresh() {
  showTimes();
  drawCharts();
}

function silent(is) {
  document.getElementById("silent").hidden = !is;
}

zone.hidden = theme.hidden = false;
zone.addEventListener("click", () => { localStorage.setItem("zone", isLocal() ? "utc" : "local"); refresh(); });
theme.addEventListener("click", () => {
  const now = THEMES.indexOf(localStorage.getItem("theme") || "system");
  localStorage.setItem("theme", THEMES[(now + 1) % THEMES.length]);
  showTheme();
  drawCharts();
});
document.addEventListener("change", tickAll);
document.addEventListener("submit", sendOnce);
window.addEventListener("pageshow", (event) => { if (event.persisted) sent = new WeakSet(); });
document.addEventListener("htmx:after:swap", refresh);
document.addEventListener("htmx:sse:after:message", refresh);
document.addEventListener("htmx:sse:error", () => silent(true));
document.addEventListener("htmx:sse:after:connection", () => silent(false));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const one of document.querySelectorAll("details.act[open]")) one.open = false;
});
// On a narrow screen the menu is one long row: it begins at the page that is open.
const menu = document.querySelector(".menu");
const here = document.querySelector(".menu [aria-current]");
if (here) menu.scrollLeft = here.offsetLeft - menu.offsetLeft - 16;
let width = window.innerWidth;
window.addEventListener("resize", () => {
  if (window.innerWidth === width) return;
  width = window.innerWidth;
  for (const { plot, element } of plots.values()) plot.setSize({ width: element.clientWidth || 300, height: 150 });
});
showTheme();
refresh();
