/** What the compiler must refuse: each line below is an error, or this file is one. Nothing of it runs. */
import type { ApiProblem, Client } from "./index";

export async function refused(api: Client<string>, problem: ApiProblem): Promise<void> {
  const ticket = await api.get("/api/v1/tickets/{number}", { path: { number: "HX1" } });
  // @ts-expect-error a state that the life cycle does not have
  void (ticket.state === "finished");
  // @ts-expect-error no such operation
  await api.get("/api/v1/ticket");
  // @ts-expect-error its number is missing
  await api.get("/api/v1/tickets/{number}");
  // @ts-expect-error a report says whom to call
  await api.post("/api/v1/tickets", { body: { service_type: "repair" } });
  // @ts-expect-error an event without the field that it needs
  await api.post("/api/v1/tickets/{number}/transitions", { path: { number: "HX1" }, body: { event: "book", version: 1 } });
  // @ts-expect-error a code that no error has
  problem.is("slot_gone");
}
