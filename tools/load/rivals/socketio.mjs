// Rooms and broadcasts with Socket.IO, websockets only: run as a process by the load tool.
import {createHmac, timingSafeEqual} from "node:crypto";
import {createServer} from "node:http";
import {Server} from "socket.io";

const secret = process.env.LOAD_SECRET;

/** The person that a signed token names, or nothing. */
function verified(token) {
  const [head, body, signature] = String(token).split(".");
  const wanted = createHmac("sha256", secret).update(`${head}.${body}`).digest();
  const given = Buffer.from(signature ?? "", "base64url");
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
  const claims = JSON.parse(Buffer.from(body, "base64url"));
  return claims.exp > Date.now() / 1000 ? claims.sub : null;
}

const http = createServer();
const io = new Server(http, {transports: ["websocket"], serveClient: false, perMessageDeflate: false});
io.use((socket, next) => {
  socket.data.user = verified(socket.handshake.query.token);
  next(socket.data.user ? undefined : new Error("forbidden"));
});
io.on("connection", (socket) => {
  socket.on("join", (room) => {
    socket.join(room);
    socket.emit("joined", room);
  });
  socket.on("publish", (room, message) => io.to(room).emit("message", message));
});
http.listen({port: 0, host: "127.0.0.1", backlog: 4096}, () => console.log(JSON.stringify({port: http.address().port})));
