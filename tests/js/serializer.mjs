// The stock client's own serializer, for tests/channels/test_binary.py: reads frames of ours, makes frames for us.

import {createInterface} from "node:readline";

const {Serializer} = await import(process.env.PHOENIX ?? "phoenix");
const hex = (buffer) => Buffer.from(buffer).toString("hex");
const bytes = (text) => Uint8Array.from(Buffer.from(text, "hex")).buffer;
const plain = (value) => (value instanceof ArrayBuffer ? {hex: hex(value)} : value);

for await (const line of createInterface({input: process.stdin})) {
  const {decode, encode} = JSON.parse(line);
  if (decode !== undefined) {
    Serializer.decode(bytes(decode), (message) => {
      const {status, response} = message.payload;
      const payload = status ? {status, response: plain(response)} : plain(message.payload);
      console.log(JSON.stringify({...message, payload}));
    });
  } else {
    Serializer.encode({...encode, payload: bytes(encode.payload)}, (data) => console.log(JSON.stringify(hex(data))));
  }
}
