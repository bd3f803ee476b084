/** The program on a phone: its files, its pages one above the other, and the bar over them. */
const phone = (() => {
  const { files } = PROGRAM;
  const app = JSON.parse(files["app.json"]);
  const theme = JSON.parse(files["theme.json"]);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  // It asks where it was loaded from, as src/config.js would say of a published program.
  const modules = new Map([["config", { base: location.origin }]]);
  const stack = [];

  function resolved(from, wanted) {
    return new URL(wanted, `file:///${from}`).pathname.slice(1);
  }

  function run(path) {
    const module = { exports: {} };
    modules.set(path, module.exports);
    new Function("require", "module", "exports", files[`${path}.js`])((wanted) => needed(resolved(path, wanted)), module, module.exports);
    modules.set(path, module.exports);
    return module.exports;
  }

  function needed(path) {
    return modules.has(path) ? modules.get(path) : run(path);
  }

  // The simulator finds here what it would read from a disk: WXML as the compiler made it, and scripts that are run by us.
  window.__FILE_MAP__ = {};
  window.runProgram = run;
  for (const [path, text] of Object.entries(files)) {
    if (path.endsWith(".json")) window.__FILE_MAP__[`/${path}`] = text;
    if (path.endsWith(".js")) window.__FILE_MAP__[`/${path}`] = `window.runProgram(${JSON.stringify(path.slice(0, -3))})`;
    if (path.endsWith(".wxml")) window.__FILE_MAP__[`/${path}`] = PROGRAM.compiled(path);
  }

  /** Those of a page and of what it is made of, path by name. */
  function components(path, found = {}) {
    for (const [name, at] of Object.entries(JSON.parse(files[`${path}.json`]).usingComponents ?? {})) {
      if (found[name]) continue;
      found[name] = at.replace(/^\//, "");
      components(found[name], found);
    }
    return found;
  }

  function bar() {
    const { path } = stack.at(-1);
    const own = { ...app.window, ...JSON.parse(files[`${path}.json`]) };
    const named = (value) => (value.startsWith("@") ? theme[dark.matches ? "dark" : "light"][value.slice(1)] : value);
    document.querySelector("h1").textContent = own.navigationBarTitleText;
    document.documentElement.style.setProperty("--bar", named(own.navigationBarBackgroundColor));
    document.documentElement.style.setProperty("--bar-ink", named(own.navigationBarTextStyle));
    document.documentElement.style.background = named(own.backgroundColor);
    const back = document.querySelector(".back");
    back.classList.toggle("home", stack.length === 1);
    back.hidden = stack.length === 1 && path === app.pages[0];
    back.setAttribute("aria-label", stack.length === 1 ? "首页" : "返回");
  }
  dark.addEventListener("change", bar);

  function show() {
    const top = stack.at(-1);
    for (const each of stack) each.drawn.dom.hidden = each !== top;
    styles.dress(top.path, components(top.path));
    bar();
    document.querySelector(".toast").hidden = true;
    document.querySelector(".scroller").scrollTo(0, 0);
  }

  function drop() {
    const { drawn } = stack.pop();
    drawn.instance.onUnload?.();
    drawn.detach();
  }

  /** Draws it on top, and waits until it has loaded. @param {string} url /pages/ticket/ticket?number=… */
  const open = (url) => abilities.answered(() => draw(url));

  async function draw(url) {
    const { pathname, searchParams } = new URL(url, location.origin);
    const path = pathname.slice(1);
    if (path === app.pages[0]) while (stack.length) drop();
    stack.at(-1)?.drawn.instance.onHide?.();
    const drawn = simulate.render(simulate.load(`/${path}`, "page", { rootPath: "/" }));
    drawn.attach(document.querySelector(".scroller"));
    stack.push({ path, drawn });
    show();
    await drawn.instance.onLoad?.(Object.fromEntries(searchParams));
    await drawn.instance.onShow?.();
  }

  const opened = ({ url }) => void open(url);
  Object.assign(window.wx, {
    navigateTo: opened,
    redirectTo(options) {
      drop();
      opened(options);
    },
    reLaunch(options) {
      while (stack.length) drop();
      opened(options);
    },
    navigateBack() {
      drop();
      show();
      void stack.at(-1).drawn.instance.onShow?.();
    },
  });
  // A finger that rests longer than 350 ms is none of a tap; a click has no time.
  document.addEventListener("click", ({ target, clientX: x, clientY: y }) => {
    let touched = target;
    while (touched && !touched.__wxElement) touched = touched.parentElement;
    touched?.__wxElement.triggerEvent("tap", { x, y }, { bubbles: true, composed: true, capturePhase: true });
  });

  window.getCurrentPages = () => stack.map((each) => each.drawn.instance);
  window.App = (definition) => definition.onLaunch?.();
  run("app");

  return { open, stack, page: () => stack.at(-1).drawn.instance };
})();
