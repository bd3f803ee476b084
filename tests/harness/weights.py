"""What a page cost the browser that opened it, as the browser itself counts."""

from dataclasses import dataclass

from playwright.async_api import Page

# The script of the page says when it has put its hands on everything. Observers, since the pages' policy forbids the
# polling of Playwright.
_THERE = """() => Promise.all([["mark", "listens"], ["paint", "first-contentful-paint"]].map(([type, name]) => (
  new Promise((done) => {
    new PerformanceObserver((seen, observer) => {
      if (!seen.getEntriesByName(name).length) return;
      observer.disconnect();
      done();
    }).observe({ type, buffered: true });
  }))))"""
_WEIGHT = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const loaded = performance.getEntriesByType("resource");
  const all = [page, ...loaded];
  return {
    requests: all.length,
    bytes: all.reduce((sum, each) => sum + each.encodedBodySize, 0),
    unpacked: all.reduce((sum, each) => sum + each.decodedBodySize, 0),
    blocking: loaded.filter((each) => each.renderBlockingStatus === "blocking").map((each) => each.name),
    hosts: [...new Set(all.map((each) => new URL(each.name).host))],
    painted: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
    listens: performance.getEntriesByName("listens").at(-1)?.startTime ?? 0,
  };
}"""


@dataclass(frozen=True)
class Weight:
    """``bytes`` as they came over the line, ``unpacked`` as they are read; times in ms from the navigation on;
    ``blocking`` are addresses of what the first picture waited for."""

    requests: int
    bytes: int
    unpacked: int
    blocking: list[str]
    hosts: list[str]
    painted: float
    listens: float


async def weigh(page: Page) -> Weight:
    """As soon as the page is seen and listens."""
    await page.evaluate(_THERE)
    return Weight(**await page.evaluate(_WEIGHT))
