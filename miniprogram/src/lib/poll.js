/**
 * Looks again and again while a page is shown: soon after something changed, seldom when nothing does.
 * @param {() => Promise<boolean>} look true when there was something new
 * @param {{ firstMs?: number, mostMs?: number, factor?: number }} [pace]
 */
function poller(look, { firstMs = 4000, mostMs = 60_000, factor = 1.6 } = {}) {
  let wait = firstMs;
  /** @type {ReturnType<typeof setTimeout> | null} */
  let timer = null;
  let running = false;

  async function turn() {
    timer = null;
    let changed = false;
    try {
      changed = await look();
    } catch {
      // A broken line is no news; the next look may be luckier.
    }
    wait = changed ? firstMs : Math.min(wait * factor, mostMs);
    plan();
  }

  function plan() {
    if (running && timer === null) timer = setTimeout(turn, wait);
  }

  return {
    start() {
      running = true;
      wait = firstMs;
      plan();
    },
    stop() {
      running = false;
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}

module.exports = { poller };
