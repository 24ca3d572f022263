// A clock that stands until it is told to move, and the far end of a socket in the same process: enough to drive the
// client through cuts and back without a network or a wait.

export class Clock {
  now = 0;
  tasks = new Map();
  count = 0;

  later = (task, wait) => {
    const id = ++this.count;
    this.tasks.set(id, {task, at: this.now + wait});
    return () => this.tasks.delete(id);
  };

  /** Let time pass, with everything that falls due in between, in order. */
  async pass(milliseconds) {
    const end = this.now + milliseconds;
    for (;;) {
      await settle();
      const due = [...this.tasks].filter(([, {at}]) => at <= end).sort((one, other) => one[1].at - other[1].at)[0];
      if (!due) break;
      const [id, {task, at}] = due;
      this.tasks.delete(id);
      this.now = at;
      task();
    }
    this.now = end;
    await settle();
  }
}

/** Let everything that waits only for promises finish. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A server's side of all sockets that the client opens: what was sent, and ways to answer. */
export class Far {
  sockets = [];
  reachable = true;

  constructor() {
    const far = this;
    this.Socket = class {
      constructor(url, protocols) {
        Object.assign(this, {url, protocols, sent: []});
        far.sockets.push(this);
        queueMicrotask(() => (far.reachable ? this.onopen() : this.onclose()));
      }
      send(text) {
        const message = JSON.parse(text);
        this.sent.push(message);
        if (this.deaf) return;
        far.onmessage?.(this, message);
      }
      close() { queueMicrotask(() => this.onclose?.()); }
    };
  }

  get last() { return this.sockets.at(-1); }

  joins(topic) { return this.sockets.flatMap((socket) => socket.sent).filter((message) => message[2] === topic && message[3] === "phx_join"); }

  say(topic, event, payload) { this.last.onmessage({data: JSON.stringify([null, null, topic, event, payload])}); }

  reply(socket, [joinRef, ref, topic], response, status = "ok") {
    socket.onmessage({data: JSON.stringify([joinRef, ref, topic, "phx_reply", {status, response}])});
  }

  cut(code) { this.last.onclose({code}); }
}
