// What one would write in Node instead: the ws and nats packages, a set of sockets a stream.
import { connect } from "nats";
import { WebSocketServer } from "ws";

const bus = await connect({ servers: process.argv[2] });
const topics = new Map();

function topicOf(subject) {
  let topic = topics.get(subject);
  if (!topic) {
    const sockets = new Set();
    const subscription = bus.subscribe(subject, {
      callback: (_, message) => {
        for (const socket of sockets) socket.send(message.data, { binary: true });
      },
    });
    topics.set(subject, (topic = { sockets, subscription }));
  }
  return topic;
}

function leave(subject, socket) {
  const topic = topics.get(subject);
  topic?.sockets.delete(socket);
  if (topic?.sockets.size === 0) {
    topic.subscription.unsubscribe();
    topics.delete(subject);
  }
}

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false }, () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});

server.on("connection", (socket, request) => {
  const subjects = new URL(request.url, "http://localhost").searchParams.get("streams").split(",");
  for (const subject of subjects) topicOf(subject).sockets.add(socket);
  socket.on("close", () => subjects.forEach((subject) => leave(subject, socket)));
  socket.on("error", () => socket.terminate());
});
