/* What the customers' pages share: a second tap is harmless, photos go up one by one. Every page works without this. */

import "./typed.js";
import "./send_once.js";
import "./photos.js";
import "./place.js";

/* A report that has become a ticket is no draft any more. */
if (document.querySelector("[data-reported]")) localStorage.removeItem("hx-report");

/* From here on the page listens. */
performance.mark("listens");
