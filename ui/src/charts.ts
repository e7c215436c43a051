// Draws the table beside it. The table stays one tap away, and is all there is without this script.
import uPlot from "uplot";

/** Five hues, from dark to light by day and the other way by night, so that grey tells them apart as well; brick comes first. */
const HUES = {
  light: ["#8a3220", "#14213d", "#0b6e6e", "#8c6b1f", "#7d8a96"],
  dark: ["#f2b8a6", "#f3efe6", "#6fc7c0", "#b99a45", "#7f8a94"],
};
/** Height of a name beside its line, in pixels. */
const LINE = 18;
const DASHES: number[][] = [[], [8, 4], [2, 4], [12, 4, 2, 4], [4, 8]];

interface Series {
  name: string;
  hue: number;
  values: (number | null)[];
}

// One column as bars, several as a stack of bars, or each as a line.
type Kind = "bars" | "stack" | "line";

function read(table: HTMLTableElement, kind: Kind): { labels: string[]; series: Series[] } {
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])].slice(1, kind === "bars" ? 2 : 6);
  const rows = [...(table.tBodies[0]?.rows ?? [])];
  const labels = rows.map((row) => row.cells[0]?.textContent?.trim() ?? "");
  const series = heads.map((head, index) => ({
    name: head.textContent?.trim() ?? "",
    hue: index,
    values: rows.map((row) => number(row.cells[index + 1])),
  }));
  return { labels, series };
}

function number(cell: HTMLTableCellElement | undefined): number | null {
  const text = cell?.dataset["value"] ?? cell?.textContent?.trim() ?? "";
  const value = Number(text);
  return text === "" || Number.isNaN(value) ? null : value;
}

/** Each series on top of those before it; the highest comes first, so that the others are drawn over it. */
function piled(series: Series[]): Series[] {
  const sum = (upTo: number, row: number) => series.slice(0, upTo + 1).reduce((total, { values }) => total + (values[row] ?? 0), 0);
  return series.map((one, index) => ({ ...one, values: one.values.map((_, row) => sum(index, row)) })).reverse();
}

function draw(table: HTMLTableElement): void {
  const details = table.closest("details");
  const figure = table.closest<HTMLElement>(".chart");
  const said = table.dataset["chart"];
  const kind = said === "bars" || said === "stack" ? said : "line";
  const { labels, series: columnsRead } = read(table, kind);
  const series = kind === "stack" ? piled(columnsRead) : columnsRead;
  if (!figure || series.length === 0 || labels.length < 2) return;
  const plot = document.createElement("div");
  plot.className = "plot";
  plot.setAttribute("aria-hidden", "true");
  figure.insertBefore(plot, details ?? table);
  if (details) details.open = false;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  let chart: uPlot | undefined;
  const render = () => {
    chart?.destroy();
    chart = new uPlot(options(plot, kind, labels, series, dark.matches), columns(labels, series), plot);
    if (kind === "stack") key(plot, columnsRead, dark.matches ? HUES.dark : HUES.light);
  };
  render();
  dark.addEventListener("change", render);
  new ResizeObserver(() => chart?.setSize({ width: plot.clientWidth, height: height(plot) })).observe(plot);
}

const columns = (labels: string[], series: Series[]): uPlot.AlignedData => [labels.map((_, index) => index), ...series.map(({ values }) => values)];

const height = (plot: HTMLElement) => Math.round(Math.min(320, Math.max(200, plot.clientWidth * 0.45)));

function options(plot: HTMLElement, kind: Kind, labels: string[], series: Series[], dark: boolean): uPlot.Options {
  const bars = kind !== "line";
  const style = getComputedStyle(document.documentElement);
  const ink = style.getPropertyValue("--muted").trim();
  const hair = style.getPropertyValue("--hair").trim();
  const hues = dark ? HUES.dark : HUES.light;
  const font = `${getComputedStyle(plot).fontFamily}`;
  const axis = { stroke: ink, font: `13px ${font}`, grid: { stroke: hair, width: 1 }, ticks: { show: false }, gap: 8 };
  const whole = new Intl.NumberFormat(document.documentElement.lang);
  return {
    width: plot.clientWidth,
    height: height(plot),
    padding: [12, bars ? 8 : labelRoom(series), 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: (_, from, to) => (bars ? [from - 0.6, to + 0.6] : [from, to]) },
      // Counts start at nought; a line that begins in the air lies.
      y: { range: (_, from, to) => [Math.min(0, from), Math.max(1, to * 1.05)] },
    },
    axes: [
      { ...axis, grid: { show: false }, values: (_, at) => at.map((index) => labels[index] ?? ""), incrs: [1, 2, 3, 4, 6, 7, 12, 14, 28] },
      { ...axis, size: 56, values: (_, at) => at.map((value) => (Number.isInteger(value) ? whole.format(value) : "")) },
    ],
    series: [
      {},
      ...series.map(({ name, hue: place }) => {
        const hue = hues[place] ?? ink;
        return bars
          ? { label: name, stroke: hue, fill: hue, width: 0, paths: uPlot.paths.bars!({ size: [0.7, 64] }), points: { show: false } }
          : { label: name, stroke: hue, width: 2.5, dash: DASHES[place] ?? [], points: { show: false } };
      }),
    ],
    hooks: bars ? {} : { draw: [(chart) => name(chart, plot, series, hues)] },
  };
}

/** What the parts of a stack are, from the lowest up, as nothing beside a bar could be read. */
function key(plot: HTMLElement, series: Series[], hues: string[]): void {
  const line = document.createElement("p");
  line.className = "key";
  for (const { name: text, hue } of series) {
    const part = document.createElement("span");
    part.textContent = text;
    part.style.setProperty("--hue", hues[hue] ?? "");
    line.append(part);
  }
  plot.querySelector(".key")?.remove();
  plot.prepend(line);
}

/** Names stand at the ends of their lines rather than in a legend. */
function name(chart: uPlot, plot: HTMLElement, series: Series[], hues: string[]): void {
  for (const old of plot.querySelectorAll(".name")) old.remove();
  const labels: { top: number; left: number; text: string; hue: string }[] = [];
  for (const [index, { name: text, values }] of series.entries()) {
    let last = values.length - 1;
    while (last >= 0 && values[last] === null) last -= 1;
    const value = values[last];
    if (value === undefined || value === null) continue;
    const top = chart.valToPos(value, "y") + chart.over.offsetTop - LINE / 2;
    const left = chart.valToPos(last, "x") + chart.over.offsetLeft + 8;
    labels.push({ top, left, text, hue: hues[index] ?? "" });
  }
  // From the lowest up, each name keeps clear of the one below it.
  let floor = chart.over.offsetTop + chart.over.clientHeight - LINE / 2;
  for (const { top, left, text, hue } of labels.sort((one, other) => other.top - one.top)) {
    const label = document.createElement("span");
    label.className = "name";
    label.textContent = text;
    label.style.color = hue;
    label.style.left = `${left}px`;
    label.style.top = `${Math.min(top, floor)}px`;
    floor = Math.min(top, floor) - LINE;
    plot.append(label);
  }
}

function labelRoom(series: Series[]): number {
  return Math.min(160, 16 + 8 * Math.max(...series.map(({ name: text }) => text.length)));
}

for (const table of document.querySelectorAll<HTMLTableElement>("table[data-chart]")) draw(table);
