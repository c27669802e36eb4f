"use strict";
// Keys go to the console as soon as it shows: nobody should have to click first.
new MutationObserver((_changes, watch) => {
  const keys = document.querySelector(".xterm-helper-textarea");
  if (document.body.classList.contains("-first-byte") && keys) {
    watch.disconnect();
    keys.focus();
  }
}).observe(document.documentElement, { subtree: true, attributes: true, attributeFilter: ["class"] });
