const { execFileSync } = require("child_process");
const fs = require("fs");
const path = require("path");
const { SOURCES, load, newWx, open, settled, tap } = require("./stage");

const files = (folder) =>
  fs.readdirSync(folder, { withFileTypes: true }).flatMap((each) => {
    const where = path.join(folder, each.name);
    return each.isDirectory() ? files(where) : [where];
  });
const app = JSON.parse(fs.readFileSync(path.join(SOURCES, "app.json"), "utf8"));

test("the package is far below a megabyte, and holds nothing that WeChat does not know", () => {
  const { packOptions } = require("../project.config.json");
  expect(packOptions.ignore).toEqual([{ type: "suffix", value: ".d.ts" }]);
  const all = files(SOURCES).filter((each) => !each.endsWith(".d.ts"));
  const bytes = all.reduce((sum, each) => sum + fs.statSync(each).size, 0);
  expect(bytes).toBeLessThan(300_000);
  expect(all.filter((each) => !/\.(js|json|wxml|wxss)$/.test(each))).toEqual([]);
});

test("every page and component is whole, and uses what is there", () => {
  const whole = [...app.pages.map((each) => path.join(SOURCES, each)), ...fs.readdirSync(path.join(SOURCES, "components")).map((each) => path.join(SOURCES, "components", each, each))];
  for (const each of whole) {
    for (const kind of ["js", "json", "wxml", "wxss"]) expect(fs.existsSync(`${each}.${kind}`)).toBe(true);
    const { usingComponents } = JSON.parse(fs.readFileSync(`${each}.json`, "utf8"));
    const used = new Set([...fs.readFileSync(`${each}.wxml`, "utf8").matchAll(/<((?:hx|privacy)-[\w-]+)/g)].map((found) => found[1]));
    expect(new Set(Object.keys(usingComponents))).toEqual(used);
    for (const where of Object.values(usingComponents)) expect(fs.existsSync(path.join(SOURCES, `${where}.js`))).toBe(true);
  }
});

test("every handler that a template names exists in its script", () => {
  for (const each of files(SOURCES).filter((file) => file.endsWith(".wxml"))) {
    const script = fs.readFileSync(each.replace(/wxml$/, "js"), "utf8");
    const named = new Set([...fs.readFileSync(each, "utf8").matchAll(/bind[a-z]+="([^"]+)"/g)].flatMap((found) => found[1].match(/\w+/g)).filter((name) => !["step", "3"].includes(name)));
    const missing = [...named].filter((name) => !new RegExp(`^ {4}(async )?${name}\\(`, "m").test(script));
    expect([path.basename(each), missing]).toEqual([path.basename(each), []]);
  }
});

test("colours and sizes have names: no page makes up its own", () => {
  for (const each of files(SOURCES).filter((file) => file.endsWith(".wxss") && !file.endsWith("tokens.wxss"))) {
    const text = fs.readFileSync(each, "utf8");
    expect([path.basename(each), text.match(/#[0-9a-f]{3,8}\b/gi)]).toEqual([path.basename(each), null]);
    const names = new Set([...text.matchAll(/var\((--[\w-]+)\)/g)].map((found) => found[1]));
    const known = fs.readFileSync(path.join(SOURCES, "styles/tokens.wxss"), "utf8");
    expect([...names].filter((name) => !known.includes(`${name}:`))).toEqual([]);
  }
});

test("the bars follow the dark of the phone", () => {
  const theme = JSON.parse(fs.readFileSync(path.join(SOURCES, "theme.json"), "utf8"));
  const named = Object.values(app.window).filter((value) => value.startsWith("@")).map((value) => value.slice(1));
  expect(app.darkmode).toBe(true);
  for (const name of named) expect([theme.light[name], theme.dark[name]].every(Boolean)).toBe(true);
  expect(Object.keys(theme.light)).toEqual(Object.keys(theme.dark));
});

test("it is strictly typed, down to the answers that these tests make up", () => {
  const tsc = path.join(SOURCES, "../node_modules/typescript-native/bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", path.join(SOURCES, "..")], { stdio: "pipe" });
}, 60_000);

test("the question for privacy waits for its answer, on the page that is open", async () => {
  let ask = null;
  const apply = jest.fn();
  const seen = newWx({
    onNeedPrivacyAuthorization: (asked) => (ask = asked),
    getUpdateManager: () => ({ applyUpdate: apply, onUpdateReady: (ready) => ready() }),
  });
  load("components/privacy-ask/privacy-ask");
  global.App = (definition) => definition.onLaunch();
  require("../src/app");
  await settled();
  expect([apply.mock.calls.length, seen.modals[0].title]).toEqual([1, "有新版本"]);
  const asked = await open("components/privacy-ask/privacy-ask");
  expect(asked.querySelector(".sheet")).toBeUndefined();
  const answers = [];
  ask((answer) => answers.push(answer));
  await settled();
  await tap(asked, ".link");
  expect(global.wx.openPrivacyContract).toHaveBeenCalledTimes(1);
  asked.querySelector("#agree").dispatchEvent("agreeprivacyauthorization");
  await settled();
  expect(asked.querySelector(".sheet")).toBeUndefined();
  ask((answer) => answers.push(answer));
  await settled();
  await tap(asked, ".refuse");
  expect(answers.map((each) => each.event)).toEqual(["exposureAuthorization", "agree", "exposureAuthorization", "disagree"]);
  expect(answers[1].buttonId).toBe("agree");
  asked.instance.disagree();
  asked.detach();
  ask(() => {});
});
