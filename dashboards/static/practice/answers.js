// Questions answered one after the other, by writing or by choosing. The first answer counts; what is right is shown.

const plain = (text) => text.trim().toLowerCase().replace(/\s+/g, "").replace(",", ".").replace(/[−–]/g, "-").replace(/^\+/, "");

/** Whether what somebody wrote is one of the accepted ways to write the answer. */
export const matches = (said, answers) => plain(said) !== "" && answers.some((one) => plain(one) === plain(said));

export class Answers {
  constructor(questions) { Object.assign(this, {questions, given: []}); }

  get here() { return this.questions[this.given.length] ?? null; }
  get over() { return this.given.length === this.questions.length; }
  get started() { return this.given.length > 0; }
  get right() { return this.given.filter(({right}) => right).length; }
  get good() { return this.right; }
  get slips() { return this.given.length - this.right; }
  get accuracy() { return this.given.length ? Math.round((1000 * this.right) / this.given.length) / 10 : 100; }

  answer(said) {
    const right = matches(said, this.here.answers);
    this.given.push({said, right});
    return right;
  }

  main() { return this.given.length ? this.accuracy : null; }
  figures() { return {...(this.given.length ? {accuracy: this.accuracy, score: this.accuracy} : {}), done: this.given.length, of: this.questions.length}; }
  result() { return {score: this.accuracy, items: this.given.length}; }
  save() { return {given: this.given}; }
  load({given}) { this.given = given.slice(0, this.questions.length); }
  get trouble() { return []; }
}
