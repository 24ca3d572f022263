// Every sentence of the workshop's screens. Functions where a number or a name stands in it. What a template says (its
// questions, prompts, help) and what people wrote is not here; it comes with the workshop.
import {capital, counted, figure, inSentence, names, people, shortDay, spaced, value} from "./words.js";

const them = (list) => names(list);
const best = (scale) => value(scale.best, false);

export const TEXTS = {
  lights: {green: "Going well", amber: "Worth a talk", red: "Needs care"},
  split: "Split",
  you: "You",

  frame: {
    home: "Tandem, start page", code: (code) => `Workshop ${spaced(code)}`, here: (count) => `${count} here`, people: "Who is here", help: "Help",
    more: "More", theme: "Light or dark", notes: "Notes", close: "Close", steps: "Where we are", skip: "Skip to content",
    question: (number, of) => `Question ${number} of ${of}`, number: (number) => `Question ${number}`, of: (of) => ` of ${of}`, close: (number, of) => `Question ${number}/${of}`, lobby: "Welcome", intro: "How it works", half: "Half way", summary: "Summary", actions: "Actions",
    completed: "Done", step: {done: "done", now: "now", next: "to come"}, title: (step, heading) => [step, heading].filter(Boolean).join(", "),
    tools: "For the facilitator", feedback: "Tell us what you think", watching: "watching", leave: "Leave this workshop",
  },

  time: {
    here: (pacing) => ["left here", pacing].filter(Boolean).join(", "), inAll: (span, pacing) => `left here · ${span} in all${pacing ? `, ${pacing}` : ""}`,
    pacing: {on_track: "on track", behind: "a little behind", ahead: "ahead"}, last: "last minute", over: (text) => `${text} over`,
    finish: "finish your thought", paused: "paused", half: "Half of the time for this step is gone.", tenth: "This step is nearly over.",
    none: "The time for this step is over. Finish your thought.", label: (figure, words) => `${figure} ${words}`,
  },

  start: {
    kicker: "A workshop for teams that want to see their own work", heading: "How is our work, really?",
    lead: "Eight questions, answered quietly and talked about openly. Afterwards your team knows what to protect and what to change.",
    picture: "Eight people, one question. Each dot is a person.", you: "you",
    pictureLabel: "An example: eight people on a scale from minus 5 to plus 5. Most lie around 0, one at plus 3.",
    promises: [["lock", "Score on your own", "Nobody sees your number until everyone has chosen."], ["talk", "Look together", "The numbers start the stories. The stories count."],
      ["tasks", "Agree on a few things", "One to three changes, each with a name and a date."]],
    join: "Join your team", code: "Workshop code", codeHint: "On the big screen or in your invitation.", name: "Your first name", go: "Join the workshop",
    promise: "No account needed. Your scores stay in your team.", fresh: "Start a new workshop", freshHint: (crowd) => `For ${crowd?.from ?? 6} to ${crowd?.to ?? 12} people, about two hours. You can take part yourself.`,
    team: "Go to your team room", credit: "Built on the Six Criteria of Productive Work by Fred and Merrelyn Emery", howTo: "How it works", watch: "Watch instead",
    codeMissing: "Six letters and figures, please.", nameMissing: "Your name, so that the others know you.",
    asObserver: "I only want to watch", joining: "One moment",
  },

  fresh: {
    heading: "A new workshop", lead: "You can change nothing of this later, but you can always start another one.", template: "What about", preview: "Look at its questions",
    duration: "How long", none: "No clock", minutes: (minutes) => (minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60}` : `${minutes / 60} hours`), own: "Our own time",
    ownLabel: "Minutes, 30 to 480", plan: "How the time is shared", disclosure: "What is shown after the reveal", named: "Names and numbers", namedHint: "Everyone sees who gave which number.",
    anonymous: "Numbers only", anonymousHint: "Nobody learns who gave which number.", turns: "One after another", turnsHint: "As on paper: each number is seen as soon as it is given.",
    mine: "You yourself", plays: "I take part", playsHint: "You score like everybody else.", observes: "I only lead", observesHint: "You see who has scored and never score yourself.",
    skip: "Leave out the introduction", skipHint: "For teams that know how it works.", most: "At most so many people", warn: "With this many, talking gets hard. Two groups may work better.",
    team: "This is for a team", teamHint: "A team room keeps its results, so that you see later what has changed.", teamNew: "A new team", teamName: "Name of the team",
    name: "Your first name", go: "Start the workshop", back: "Back", title: "What to call it", titleHint: "Optional, such as “Autumn check-in”.", noTeam: "No team", plan: "How the time is shared",
  },

  join: {heading: "Join this workshop", back: "I was here before", pin: "Your four figures", pinHint: "You got them when you first joined.", pinGo: "Come back in",
    known: (name) => `${name} is already here. If that is you, your four figures bring you back.`, ask: "I have lost them, please ask", asked: (name) => `${name} has been asked. This page opens by itself.`,
    other: "I am somebody else", late: "The workshop has already begun. You can watch.", full: "All places are taken. You can watch instead.", watch: "Watch the workshop",
    tries: (left) => `That is not it. ${left === 1 ? "One more try" : `${capital(counted(left))} more tries`}, then the facilitator has to let you in.`, locked: "Please ask the facilitator to let you in."},

  lobby: {
    heading: ["Come on in.", "We start when everyone is ready."], mine: (name) => `You are in, ${name}.`, mineLead: "Say when you are ready. We start together.",
    scan: ["Scan, or go to ", " and enter"], copy: "Copy link", copied: "Copied", share: "Share", showQr: "Show the QR code", qr: "QR code with the link to this workshop",
    here: "Here now", count: (count, watching) => `${people(count)}${watching ? `, ${watching} watching` : ""}`, ready: "Ready", notYet: "Not yet", facilitator: "Facilitator", youFacilitator: "You, facilitator",
    watching: "Watching only, does not score", away: "Away",
    facts: {time: (span) => [span ? `About ${span}` : "As long as you like", span ? "with a pause in the middle" : "no clock is set"],
      named: ["Hidden until reveal", "then shown with names"], anonymous: ["Hidden until reveal", "then shown without names"], turns: ["One after another", "each number is seen at once"], team: ["Only this team", "sees scores and notes"]},
    many: "With this many, talking gets hard. Two groups may work better.", pin: (pin) => ["If you change phones, this number brings you back: ", pin, "."], pinDone: "I have it",
    code: "Code", alone: "You are the first one here. The others come with the code.",
  },

  hours: (minutes) => { const hours = minutes / 60; return minutes < 60 ? `${minutes} minutes` : hours === 1 ? "one hour" : Number.isInteger(hours) ? `${counted(hours)} hours` : `${counted(Math.floor(hours))} and a half hours`; },

  intro: {of: (at, count) => `${at} of ${count}`, back: "Back", forward: "Next", skip: "Skip the introduction", mine: "These pages turn only for you."},

  scale: {
    kind: {beam: "Balance scale: too little and too much both cost us", wedge: "Rising scale: the more, the better", steps: "Steps: the higher, the better"},
    short: {beam: (scale) => `Balance scale, ${best(scale)} is best`, wedge: (scale) => `Rising scale, ${best(scale)} is best`, steps: (scale) => `Steps, ${best(scale)} is best`},
    group: {beam: (scale) => `Balance, ${best(scale)} is best`, wedge: (scale) => `Rising, ${best(scale)} is best`, steps: (scale) => `Steps, ${best(scale)} is best`},
    best: (scale) => `${best(scale)} is best`, was: (scale) => `${best(scale)} was best`,
    low: {beam: () => "Too little", wedge: (scale) => `${value(scale.low)}, not at all`, steps: (scale) => `${value(scale.low)}`}, high: "Too much",
    chosenBy: (list) => `chosen by ${them(list)}`, label: (title) => `Your score for ${inSentence(title)}`, choice: (number, scale) => `${spokenValue(number, scale)}${number === scale.best ? ", the best" : ""}`,
  },

  score: {
    nothing: "Nothing is chosen yet. Only you will see your number until everyone has scored.", nothingShort: "Only you see your number until we reveal.",
    choseShort: "Only you see it until we reveal.", givenShort: "Only you see it until we reveal. Tap another number to change it.", chose: (text) => `You chose ${text}.`, choseRest: "Only you can see it until everyone has scored.", given: (text) => `You chose ${text}.`,
    givenRest: "Only you can see it until everyone has scored. Tap another number to change it.", changing: (text, given) => [`You chose ${text}.`, `Until you give it, ${given} counts.`],
    turns: "Here each number is seen by all as soon as it is given.", choose: "Choose a number first", give: "Give my score", change: (text) => `Change to ${text}`, isIn: "Your score is in",
    pass: "Pass", passBy: (name) => `Pass, ${name} comes later`, later: "Come later", passed: "You can give yours whenever you like.", anyOrder: "Whoever is left can give a number now.",
    sending: "Sending your score", kept: (text) => `Your score of ${text} is kept here and goes out as soon as you are back`, keptAny: "What you do is kept here and goes out as soon as you are back",
    shared: "This screen is shared, so your number stays covered.", hold: "Hold to see my number", more: "More about this question", less: "Less", observer: ["You are watching.", "The team is choosing now."],
    lead: ["You are leading.", "The team is choosing now."], out: "We go on without your number here. You take part again from the next question.", meaning: "What is meant", examples: "For example",
  },

  reveal: {
    prompts: "Talk about it", apart: (list) => `${them(list)}, you are furthest apart.`, average: "Average", spread: "Spread", scores: "Scores", of: (count) => `of ${count}`,
    team: "Team value", ofTen: "of 10", lowest: "Lowest", highest: "Highest", splitLead: "We are split.", nobodyNear: (scale) => `Nobody near ${best(scale)}`,
    groups: {low: "too little", high: "too much", near: (scale) => `near ${best(scale)}`},
    range: (from, to, scale) => (from === to ? `at ${value(from, scale.signed)}` : `${value(from, scale.signed)} to ${value(to, scale.signed)}`),
    splitText: (scale, low, high) => `The average lands near ${best(scale)}, but nobody is there. ${capital(counted(low))} of us ${low === 1 ? "feels" : "feel"} there is too little, ${counted(high)} too much.`,
    splitWide: (from, to) => `Our numbers lie far apart, from ${from} to ${to}. The average alone would hide that.`,
    spoken: (average, spread, split, team) => `Average ${average}, spread ${spread}. ${split ? "We are split." : team}`, table: "Show as a table", tableHide: "Hide the table",
    tableTitle: "Who gave which number", person: "Person", number: "Number", light: "Light", allIn: (count) => `All ${count} have scored`, breath: "Take a breath. We look together in a moment",
    without: (list) => `Without ${them(list)}, who had not scored.`, nobody: "Nobody has scored this question.", mine: "your number", picture: (text) => `The picture of our scores. ${text}`,
    showNames: "Show names as well", somebody: "Somebody",
  },

  notes: {
    heading: "Notes", field: "Write a note for everyone", add: "Add the note", empty: "Nothing written yet. What did you hear that should not be lost?", edit: "Change this note", remove: "Take this note out",
    save: "Save", cancel: "Leave it", general: "About everything", about: (title) => `About ${inSentence(title)}`, somebody: "Somebody who has left", lost: "That did not reach us. Your note is still here, please try again.",
    meanwhile: (name) => `${name} has changed this note while you were writing. It says now:`, both: "Keep both", over: "Use mine", kept: "We have moved on. Your note is kept here.", removed: "This note was taken out while you were writing. Saving puts yours in anew.",
    long: (left) => `${left} characters left`, tooLong: (over) => `${over} characters too many`, sending: "On its way", wrote: (name) => `${name} wrote`, count: (count) => `${count} ${count === 1 ? "note" : "notes"}`,
  },

  mid: {kicker: (done, left) => `${capital(counted(done))} questions done, ${counted(left)} to go`, done: (from, to) => `${range(from, to)}, done`, next: (from, to) => `${range(from, to)}, next`,
    beam: "Too little hurts, and too much hurts as well.", wedge: (scale) => `${value(scale.low)} means not at all, ${best(scale)} means it could hardly be better.`, steps: (scale) => `The higher the step, the better; ${best(scale)} is the top.`,
    pause: "Time for a pause?", pauseRest: "Everything is kept. You can also stop here and go on another day."},

  summary: {
    heading: "What we see together", lead: (count) => `${capital(counted(count))} pictures of one team. What surprises you?`, strength: "What carries us", concern: "What needs care", differ: "Where we differ most",
    strengthText: (average, agree) => `${average}${agree ? ", and we agree" : ""}`, from: (from, to, spread) => `From ${from} to ${to}, spread ${spread}`, spread: (text) => `spread ${text}`,
    open: (title) => `Open ${title}`, none: "not scored", agree: "we agree", noneStrong: "Nothing stands out yet", noneCare: "Nothing needs care now", noneDiffer: "We see it alike", back: "Back to the summary",
  },

  actions: {
    heading: "What will we change?", lead: "One to three things, small enough to start next week.", field: "Add something we will do", add: "Add", from: (number, title) => `From question ${number}, ${inSentence(title)}`,
    who: "Who?", date: "Add a date", owner: "Who takes it on", due: "Until when", summary: "From our summary", summaryLead: "Start where it needs care most.", take: (title) => `Add something about ${inSentence(title)}`,
    read: (count) => `Read our ${count} ${count === 1 ? "note" : "notes"}`, plenty: "Three is plenty.", plentyRest: "Drag to put the most important one first, or use the arrow keys.", four: "Three is plenty. Which one can wait?",
    first: "Drag to put the most important one first, or use the arrow keys.", move: "Move", lifted: (at, of) => `Lifted, place ${at} of ${of}. Arrow keys move, Space puts down, Escape puts back.`, moved: (at, of) => `Moved to place ${at} of ${of}`,
    down: (at, of) => `Put down at place ${at} of ${of}`, back: (at, of) => `Put back to place ${at} of ${of}`, menu: "More for this action", edit: "Change the words", done: "Mark as done", open: "Mark as open", remove: "Take it out",
    isDone: "Done", placed: (at, of) => `place ${at} of ${of}`, carried: "Still open from last time", missing: (count, what) => `${capital(counted(count))} ${count === 1 ? "action still needs" : "actions still need"} ${what}`, lacks: {both: "a name and a date", owner: "a name", due: "a date"}, keep: "Save", cancel: "Leave it",
    agree: "I agree", agreed: "You agree", finish: "Finish the workshop", agreeing: (done, of) => `${done} of ${of} agree to this list`, gaps: (count) => `${capital(counted(count))} ${count === 1 ? "action has" : "actions have"} no name or no date yet. Finish all the same?`,
    none: "Nothing agreed yet. Finish all the same?", count: (count) => (count ? `${capital(counted(count))} ${count === 1 ? "action" : "actions"} so far` : "No action yet"), finishes: (name) => `${name} finishes when the list is right`, finishYes: "Finish", finishNo: "Not yet", link: "About which question", noLink: "About everything", late: (day) => `late, ${day}`,
  },

  done: {
    heading: "Thank you.", lead: "This is what you take with you", noActions: "No actions this time. The talk itself may have been what mattered.", exports: "Keep it", full: "For us: everything", fullHint: "With names, numbers and notes. Only for this team.",
    team: "For others: without names", teamHint: "No names, no single numbers, no notes.", formats: {pdf: "PDF", md: "Markdown", csv: "CSV", json: "JSON"}, making: (name) => `${name} is being made`, savedFile: (name) => `Saved as ${name}`, failedFile: "The file could not be made. Please try again.", room: "Open the team room", again: (day) => `Meet again around ${day}`, againHint: "In three months you can see what has changed.",
    save: "Keep this in a team room", saveHint: "Then you can see next time what has changed. Its link is only for you.", teamName: "Name of the team", saveGo: "Keep it", by: (name, day) => [name, day && `by ${shortDay(day)}`].filter(Boolean).join(", "), summary: "Look at the summary again",
    saved: "Kept in the team room.", link: "The link to your team room. Whoever has it can open it.",
  },

  team: {
    room: "Team room", lead: (count, since) => `${capital(counted(count))} ${count === 1 ? "workshop" : "workshops"} since ${since}. Only this team can open this room.`, leadNone: "No workshop yet. Only this team can open this room.", exports: "Export", fresh: "New workshop",
    stopped: (step, day) => `You stopped ${step} on ${day}.`, after: (number) => `after question ${number}`, before: "before the first question", stoppedRest: "Everything is kept. Go on when you are together again.", goOn: (number) => (number ? `Go on with question ${number}` : "Go on"),
    changed: "How our work has changed", zone: "going well, dashed is best", zoneShort: "going well", average: "average", spread: "spread", open: "Still open", noOpen: "Nothing open. Well done.", earlier: "Earlier workshops", once: "After the next workshop you see here what has changed.",
    row: (count, actions) => [people(count), actions !== undefined && `${actions} ${actions === 1 ? "action" : "actions"}`].filter(Boolean).join(", "), owner: (name, day) => [name, day && `by ${day}`].filter(Boolean).join(", "), late: (name, day) => `${[name, "late"].filter(Boolean).join(", ")}, ${day}`, noOwner: "Nobody yet",
    verdict: {better: "Better", worse: "Worse", steady: "Steady"}, wider: "wider apart", closer: (scale) => `closer to ${best(scale)}`, further: (scale) => `further from ${best(scale)}`, up: (by) => `up ${figure(by)}`, down: (by) => `down ${figure(by)}`, within: (by) => `within ${figure(Math.max(by, 0.1))}`,
    chart: (title, list) => `${title}: ${list}.`, finding: "Your team room", findLead: "Its link was shown when the team was made. Paste it here, or choose a team that this browser knows.", findField: "Link to the room", findGo: "Open the room", missing: "We do not know this room. Please look at the link again.",
  },

  dock: {
    scored: (done, of) => `${done} of ${of} have scored`, ready: (done, of) => `${done} of ${of} are ready`, readyOn: (done, of) => `${done} of ${of} are ready to go on`, readyActions: (done, of) => `${done} of ${of} are ready for actions`,
    waiting: (list) => `We are waiting for ${them(list)}`, waitingShort: (list) => `Waiting for ${them(list)}`, you: "you", away: (list) => `${them(list)} ${list.length === 1 ? "is" : "are"} away, we go on without them`, easy: "Take your time, nobody is late",
    timeLeft: (minutes) => `There is time: ${minutes} ${minutes === 1 ? "minute" : "minutes"} left here`, timeShort: (minutes) => `${minutes} ${minutes === 1 ? "minute" : "minutes"} left here`, all: "We go on in a moment", nobody: "We wait until somebody is back", few: "Two people who score are needed to begin",
    iAmReady: "I am ready", youReady: "You are ready", goOn: "I am ready to go on", gotIt: "I have got it", onActions: "On to our actions", notReady: "Not yet after all", startNow: "Start", next: "Go on",
    pause: "Pause", resume: "Go on", startAnyway: "Start anyway", revealAnyway: "Reveal anyway", goAnyway: "Go on anyway", handOver: "Hand over", paused: (name) => `${name} has paused the workshop`, pausedNobody: "The workshop waits until somebody who scores is back", somebody: "Somebody", standing: "Time stands still, nothing is lost",
    offline: "No connection, trying again", tryNow: "Try now", watching: "You are watching", watchingRest: "You see every result as soon as the team does", late: "The workshop had already begun. You see every result as soon as the team does", time: "Time", lead: "You lead, and do not score", completed: "This workshop is complete", completedRest: "The same link shows it again, for 90 days", turn: (name) => `It is ${name}’s turn`, yourTurn: "It is your turn", waitTurn: "Your turn will come",
  },

  ask: {
    yourself: "you yourself", goOn: (list, verb) => `${capital(them(list))} ${list.length === 1 && list[0] !== "you yourself" ? "has" : "have"} not ${verb}. Go on without them?`, scored: "scored", said: "said that they are ready", yes: "Go on", no: "Wait a little", handOver: "Who takes over?", handGo: "Hand over", none: "Nobody else is here to take over.",
    takeOver: "Lead from here", takeOverText: (name) => `${name} is away. Somebody here can lead from now on.`, time: "Time for this step", give: (minutes) => `${minutes} more minutes`, less: (minutes) => `${minutes} fewer minutes`, leave: "Leave this workshop? Your scores stay, and your name brings you back.", leaveYes: "Leave", leaveNo: "Stay",
    removeNote: "Take this note out?", removeAction: "Take this action out?", remove: "Take out", keep: "Keep it", enter: (name) => `${name} wants to come back in and has no number. Do you see them?`, enterYes: "Yes, let them in", enterNo: "No", skip: "Skip the introduction for everybody?", skipYes: "Skip it", skipNo: "Keep it",
  },

  people: {heading: "Who is here", setAside: "Do not wait for them", make: "Let them lead", watch: "Watch from now on", take: "Take part from now on", you: "You", facilitator: "Facilitator", shared: "This screen is shared", sharedHint: "Your own number then shows only while you hold it.",
    big: "Open the big screen view", bigHint: "For a projector: large type, no controls.", away: "Away", watching: "Watching", aside: "Set aside", pin: (pin) => `Your number for coming back: ${pin}`},

  help: {heading: "Help", question: "On this question", rules: "How we work together", topics: "When it gets difficult", keys: "Keys", keysList: ["Arrow keys move along the scale, Home and End go to its ends.", "Figures choose at once; minus first for numbers below zero.", "Enter gives the chosen score. Nothing is sent before that."]},

  feedback: {heading: "What do you think of this workshop tool?", kind: "What is it", working_well: "Works well", improvement: "Could be better", bug: "Does not work", text: "In your words", email: "E-mail, if you would like an answer", go: "Send", thanks: "Thank you. It has reached us.", lost: "That did not reach us. Your words are still here, please try again.", missing: "A few words, please."},

  app: {loading: "Opening the workshop", failed: "That did not reach us. Please try again.", welcomeBack: (step) => `Welcome back, we are at ${step}`, joined: (name) => `${name} is here`, left: (name) => `${name} has left`, scoredNow: (list) => `${them(list)} ${list.length === 1 ? "has" : "have"} scored`, readyNow: (list) => `${them(list)} ${list.length === 1 ? "is" : "are"} ready`,
    unknown: "We do not know this code. Please look at the big screen again.", gone: "This workshop is no longer kept.", facilitates: (name) => `${name} leads now`, youFacilitate: "You lead now"},
};

function spokenValue(number, {signed}) { return signed && number > 0 ? `plus ${number}` : number < 0 ? `minus ${Math.abs(number)}` : String(number); }
function range(from, to) { return from === to ? `Question ${from}` : `Questions ${from} to ${to}`; }
