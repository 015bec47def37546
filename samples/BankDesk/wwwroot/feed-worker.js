// The one stream that all tabs of the desk share. A browser opens six connections to a server at most, and a stream keeps one: with a stream for each, the seventh tab would wait for ever.
import { follow } from "./feed.js";

const ports = new Set();
let end = null;
let isOpen = false;

function tell(message) {
  if (message.open !== undefined) isOpen = message.open;
  for (const port of ports) port.postMessage(message);
}

addEventListener("connect", (connection) => {
  const [port] = connection.ports;
  ports.add(port);
  // A tab says one thing only: that it leaves.
  port.addEventListener("message", () => {
    ports.delete(port);
    if (ports.size > 0) return;
    end?.();
    end = null;
    isOpen = false;
  });
  port.start();
  if (end === null) end = follow(tell);
  else if (isOpen) port.postMessage({ open: true });
});
