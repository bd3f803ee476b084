/**
 * WXSS as the browser reads it. The simulator writes a class of a page or component with its name before it, which
 * is how the style of one cannot reach another; `addGlobalClass` lets those of the app and the page in.
 */
const styles = (() => {
  const TAGS = ["view", "text", "image", "input", "textarea", "button", "picker", "switch", "scroll-view"];
  const TAG = new RegExp(`(^|[\\s>+~,(])(${TAGS.join("|")})(?![\\w-])`, "g");

  function text(path) {
    const found = PROGRAM.files[`${path}.wxss`] ?? "";
    return found
      .replace(/@import\s+["']([^"']+)\.wxss["'];/g, (_, imported) => text(imported.replace(/^\//, "")))
      .replace(/(-?[\d.]+)rpx/g, (_, count) => `calc(${count} * 100vw / 750)`);
  }

  function scoped(rules, scope) {
    return [...rules].map((rule) => {
      if (rule.selectorText === undefined) {
        return rule.cssRules ? `${rule.cssText.slice(0, rule.cssText.indexOf("{"))}{${scoped(rule.cssRules, scope).join("\n")}}` : rule.cssText;
      }
      const selector = rule.selectorText.replace(/\.([a-zA-Z_][\w-]*)/g, `.${scope}--$1`).replace(TAG, "$1wx-$2");
      return `${selector} { ${rule.style.cssText} }`;
    });
  }

  function sheet(path, scope) {
    const parsed = new CSSStyleSheet();
    parsed.replaceSync(text(path));
    return scoped(parsed.cssRules, scope).join("\n");
  }

  /** @param {string} page its path; @param {Record<string, string>} components of it and theirs, path by name */
  function dress(page, components) {
    const parts = [sheet("app", "page"), sheet(page, "page")];
    for (const [name, path] of Object.entries(components)) parts.push(sheet("app", name), sheet(page, name), sheet(path, name));
    const element = document.querySelector("style") ?? document.head.appendChild(document.createElement("style"));
    element.textContent = parts.join("\n");
  }

  return { dress };
})();
