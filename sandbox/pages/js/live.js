// What happens on the phones, as it happens.
const SETTLE_MS = 250;

export function listen(since, {state, changed, message}) {
  const stream = new EventSource(`/phone/stream?since=${since}`);
  let waiting = null;
  stream.onopen = () => state(true);
  stream.onerror = () => state(false);
  stream.onmessage = event => message(JSON.parse(event.data));
  // Under load a change follows the other; one look afterwards tells all of them.
  stream.addEventListener("changed", () => {
    waiting ??= setTimeout(() => { waiting = null; changed().catch(() => state(false)); }, SETTLE_MS);
  });
  addEventListener("pagehide", () => stream.close());
}
