/** WeChat's built-in components, as far as the program uses them: the simulator knows their names only. */
(() => {
  const ARIA = ["role", "ariaLabel", "ariaChecked", "ariaDisabled", "ariaLive", "ariaHidden", "ariaSelected", "ariaExpanded", "ariaModal"];
  const dashed = (name) => name.replace(/[A-Z]/g, (found) => `-${found.toLowerCase()}`);
  const dom = (component) => component._exparserNode.$$;

  /**
   * What is said to a screen reader stands at the element, or at the control inside of it.
   * @param {string} name
   * @param {{ properties?: object, observers?: object, attached?: (this: any, element: HTMLElement) => void, inner?: string }} parts
   */
  function builtin(name, { properties = {}, observers = {}, attached, inner } = {}) {
    const target = (component) => (inner ? dom(component).querySelector(inner) : dom(component));
    const told = (attribute) =>
      function tell(value) {
        const element = target(this);
        if (!element) return;
        if (value === "" || value === null || value === undefined) element.removeAttribute(attribute);
        else element.setAttribute(attribute, String(value));
      };
    simulate.load({
      id: name,
      tagName: `wx-${name}`,
      template: "<slot/>",
      properties: { ...Object.fromEntries(ARIA.map((each) => [each, { type: null, value: "" }])), ...properties },
      observers: { ...Object.fromEntries(ARIA.map((each) => [each, told(dashed(each))])), ...observers },
      lifetimes: {
        attached() {
          attached?.call(this, dom(this));
          for (const each of ARIA) told(dashed(each)).call(this, this.data[each]);
          for (const [each, observe] of Object.entries(observers)) observe.call(this, this.data[each]);
        },
      },
    });
  }

  /** A control of the browser, made when its component is attached; `set` writes a property into it. */
  const control = (tag) => (write) =>
    function observe(value) {
      const element = dom(this).querySelector(tag);
      if (element) write(element, value);
    };

  function typing(name, tag) {
    const into = control(tag);
    builtin(name, {
      inner: tag,
      properties: { value: String, placeholder: String, maxlength: { type: Number, value: 140 }, type: { type: String, value: "text" } },
      observers: {
        value: into((element, value) => {
          if (element.value !== value) element.value = value;
        }),
        placeholder: into((element, value) => (element.placeholder = value)),
        maxlength: into((element, value) => (element.maxLength = value)),
      },
      attached(element) {
        const typed = element.appendChild(document.createElement(tag));
        typed.addEventListener("input", () => this.triggerEvent("input", { value: typed.value }));
      },
    });
  }

  for (const name of ["view", "text", "official-account"]) builtin(name);
  builtin("button", {
    properties: { openType: String, disabled: Boolean, role: { type: null, value: "button" } },
    attached(element) {
      element.addEventListener("click", () => {
        if (this.data.openType !== "getPhoneNumber") return;
        const told = (detail) => this.triggerEvent("getphonenumber", detail);
        abilities.answered(() => window.ask_wechat("phone_code", {})).then(
          ({ code }) => told({ errMsg: "getPhoneNumber:ok", code }),
          () => told({ errMsg: "getPhoneNumber:fail user deny" }),
        );
      });
    },
  });
  typing("input", "input");
  typing("textarea", "textarea");

  const switched = control("input");
  builtin("switch", {
    inner: "input",
    properties: { checked: Boolean },
    observers: { checked: switched((element, value) => (element.checked = value)) },
    attached(element) {
      const box = element.appendChild(document.createElement("input"));
      Object.assign(box, { type: "checkbox" });
      box.setAttribute("role", "switch");
      box.addEventListener("change", () => this.triggerEvent("change", { value: box.checked }));
    },
  });

  const pictured = control("img");
  const FITS = { aspectFill: "cover", aspectFit: "contain", scaleToFill: "fill" };
  builtin("image", {
    inner: "img",
    properties: { src: String, mode: { type: String, value: "scaleToFill" } },
    observers: {
      src: pictured((element, value) => (value ? (element.src = value) : element.removeAttribute("src"))),
      mode: pictured((element, value) => (element.style.objectFit = FITS[value] ?? "fill")),
    },
    attached(element) {
      element.appendChild(document.createElement("img")).alt = "";
    },
  });

  // Its wheel is WeChat's; a test turns it by `pick`.
  builtin("picker", {
    properties: { mode: String, value: { type: null, value: "" }, start: String, end: String },
    attached(element) {
      element.pick = (value) => this.triggerEvent("change", { value });
    },
  });
})();
