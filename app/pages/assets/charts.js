/* Each chart is drawn from the table beside it: who has no script, or no eyes for a chart, reads the same figures. */

const media = matchMedia("(prefers-color-scheme: dark)");
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const number = (text) => (text === "—" ? null : Number(text));

function read(table) {
  const cells = (row) => [...row.cells].map((cell) => cell.textContent.trim());
  const [, ...names] = cells(table.tHead.rows[0]);
  const rows = [...table.tBodies[0].rows].map(cells);
  return {
    spans: rows.map(([span]) => span),
    lines: names.map((name, n) => ({ name, data: rows.map((row) => number(row[n + 1])) })),
  };
}

function draw(section) {
  const plot = section.querySelector("[data-plot]");
  const table = section.querySelector("[data-figures]");
  const { spans, lines } = read(table);
  plot.hidden = false;
  const chart = echarts.getInstanceByDom(plot) ?? echarts.init(plot, null, { renderer: "canvas" });
  const quiet = token("--quiet");
  const unit = table.dataset.unit;
  const axis = { axisLabel: { color: quiet }, axisLine: { lineStyle: { color: token("--line") } } };
  chart.setOption({
    animation: false,
    aria: { enabled: true },
    color: ["--accent", "--info", "--warn", "--danger"].map(token),
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 44, right: 16, top: lines.length > 1 ? 36 : 16, bottom: 28 },
    legend: { show: lines.length > 1, top: 0, textStyle: { color: token("--text") } },
    // On the canvas, not as a document: nothing that stands in a table becomes markup.
    tooltip: { trigger: "axis", renderMode: "richText" },
    xAxis: { type: "category", data: spans, ...axis },
    yAxis: { type: "value", max: unit === "%" ? 100 : unit === "星" ? 5 : null, ...axis, splitLine: { lineStyle: { color: token("--line") } } },
    series: lines.map(({ name, data }) => ({
      name, data, type: unit === "件" ? "bar" : "line", symbol: "circle", symbolSize: 6, connectNulls: false,
    })),
  });
  plot.dataset.drawn = String(lines.length);
  return chart;
}

const sections = [...document.querySelectorAll(".chart")];
const drawAll = () => sections.map(draw);
const charts = drawAll();
media.addEventListener("change", drawAll);
addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
