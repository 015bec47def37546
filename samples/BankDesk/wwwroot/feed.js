/**
 * Follows what happens in all tickets: tells { open } when the connection stands or is lost, and each event as { ticket, number, event }.
 * Gives a function that ends it.
 */
export function follow(receive) {
  let source;
  let again;
  const begin = () => {
    source = new EventSource("/api/events");
    source.addEventListener("message", (message) => {
      const item = JSON.parse(message.data);
      receive(item.event === null ? { open: true } : item);
    });
    source.addEventListener("error", () => {
      receive({ open: false });
      if (source.readyState === EventSource.CLOSED) again = setTimeout(begin, 2000);
    });
  };
  begin();
  return () => {
    clearTimeout(again);
    source.close();
  };
}
