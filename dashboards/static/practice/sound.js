// A soft click for keys and a plain tone for notes. Off until somebody chooses it; the choice stays on the device.

const NAME = "tandem-practice-sound";
let context = null;

export const soundIsOn = () => { try { return localStorage.getItem(NAME) === "on"; } catch { return false; } };
export function setSound(on) { try { localStorage.setItem(NAME, on ? "on" : "off"); } catch { /* it stays for this page */ } }

export function tone(frequency, long = 0.35, loud = 0.12) {
  const Audio = globalThis.AudioContext;
  if (!Audio || !soundIsOn()) return;
  context ??= new Audio();
  const now = context.currentTime, voice = context.createOscillator(), gain = context.createGain();
  voice.type = "triangle";
  voice.frequency.value = frequency;
  gain.gain.setValueAtTime(loud, now);
  gain.gain.exponentialRampToValueAtTime(0.001, now + long);
  voice.connect(gain).connect(context.destination);
  voice.start(now);
  voice.stop(now + long);
}

export const click = () => tone(1400, 0.03, 0.03);
