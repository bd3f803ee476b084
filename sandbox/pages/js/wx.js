// Put into the pages that a phone of the sandbox opens: the `wx` that WeChat would give them.
(() => {
  const waiting = new Map();
  let last = 0;

  function ask(method, args = {}) {
    const id = ++last;
    return new Promise((resolve, reject) => {
      waiting.set(id, {resolve, reject});
      const plain = Object.fromEntries(Object.entries(args).filter(([, value]) => typeof value !== "function"));
      parent.postMessage({wx: {id, method, args: plain}}, "*");
    });
  }

  // Both styles of WeChat: callbacks where they are given, else a promise.
  const method = name => (args = {}) => {
    const asked = ask(name, args);
    if (!args.success && !args.fail && !args.complete) return asked;
    asked.then(result => { args.success?.(result); args.complete?.(result); },
      failure => { args.fail?.(failure); args.complete?.(failure); });
    return undefined;
  };

  addEventListener("message", event => {
    if (event.source !== parent) return;
    if (event.data?.reload) location.reload();
    const reply = event.data?.wx, asked = reply && waiting.get(reply.id);
    if (!asked) return;
    waiting.delete(reply.id);
    if (reply.success) asked.resolve(reply.success); else asked.reject(reply.fail);
  });

  const names = ["login", "requestSubscribeMessage", "getPhoneNumber", "chooseLocation", "getLocation", "scanCode", "closeWindow"];
  const nothing = () => undefined;
  window.wx = {
    ...Object.fromEntries(names.map(name => [name, method(name)])),
    scanQRCode: args => method("scanCode")({...args, success: found => args?.success?.({resultStr: found.result})}),
    config: nothing, ready: run => setTimeout(run, 0), error: nothing,
    checkJsApi: args => args?.success?.({checkResult: {}, errMsg: "checkJsApi:ok"}),
    hideOptionMenu: nothing, hideMenuItems: nothing, updateAppMessageShareData: nothing, updateTimelineShareData: nothing,
    miniProgram: {getEnv: run => run({miniprogram: false})},
  };
  const tell = () => parent.postMessage({page: document.title || location.pathname}, "*");
  addEventListener("DOMContentLoaded", tell);
  addEventListener("pageshow", tell);
})();
