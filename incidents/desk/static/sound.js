// A short tone for grave news, where somebody switched it on at this desk. Nothing is fetched: the tone is made here.

const KEPT = "truceline.sound";
export const GRAVE = 4;

export class Sound {
  /** `button` switches it; its choice is kept in this browser. */
  constructor(button) {
    this.button = button;
    this.isOn = localStorage.getItem(KEPT) === "on";
    button.addEventListener("click", () => this.turn(!this.isOn));
    // A browser lets a page sound only after somebody has touched it.
    for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => this.wake(), { passive: true });
    this.draw();
  }

  turn(isOn) {
    this.isOn = isOn;
    localStorage.setItem(KEPT, isOn ? "on" : "off");
    this.draw();
    if (isOn) this.ring(GRAVE);
  }

  draw() {
    this.button.setAttribute("aria-pressed", String(this.isOn));
    this.button.textContent = this.isOn ? "Sound on" : "Sound off";
    this.button.title = this.isOn ? "A tone for new alerts of severity 4 and 5" : "No tone for new alerts";
  }

  wake() {
    if (!this.isOn) return;
    this.context ??= new AudioContext();
    if (this.context.state === "suspended") this.context.resume();
  }

  /** Two soft tones, three for the gravest; nothing below severity 4. */
  ring(severity) {
    if (!this.isOn || severity < GRAVE) return;
    this.wake();
    const tones = severity > GRAVE ? [660, 880, 660] : [660, 880];
    tones.forEach((pitch, i) => {
      const at = this.context.currentTime + i * 0.22;
      const tone = new OscillatorNode(this.context, { type: "sine", frequency: pitch });
      const loud = new GainNode(this.context, { gain: 0 });
      loud.gain.setValueAtTime(0, at);
      loud.gain.linearRampToValueAtTime(0.2, at + 0.02);
      loud.gain.exponentialRampToValueAtTime(0.001, at + 0.2);
      tone.connect(loud).connect(this.context.destination);
      tone.start(at);
      tone.stop(at + 0.21);
    });
  }
}
