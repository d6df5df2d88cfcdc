import type { Reason } from "../reasons.ts";

const notThere = "Looked up by undefined, nothing is found: the same as not looking";
const shortCut = "A short cut: the long way comes to the same events and state, only later";
const nothingToDo = "Saves looking where nothing is to be done: only time differs";
const wording =
  "Wording for a person; code, path, value and limit are what a client goes by, and those are tested";
const whole = "For the compiler: what is asked for is always there";
const noSuchText = "In place of a name that is missing, any text does that is nobody's name";
const unsoundIsEmpty =
  "What is unsound is a symbol: it has no entries, and whatever is asked of it is undefined";

/** Of the rules: who writes to whom, what a configuration may say, and what a change of it does. */
export const ruleReasons: readonly Reason[] = [
  {
    why: notThere,
    where: /core\/fast\/(?:actions|applying)\.ts ConditionalExpression$/u,
    line: /=== undefined \? undefined : tenant\.(?:agents|queues)\.get\(/u,
    becomes: /^false$/u,
  },
  {
    why: notThere,
    where: /core\/configuration\/warnings\.ts ConditionalExpression$/u,
    line: /const night = calendar === undefined/u,
    becomes: /^false$/u,
  },
  {
    why: "An offer and an owned conversation always have an agent, who is not undefined: the rest of the condition refuses all the same",
    where: /core\/fast\/actions\.ts ConditionalExpression$/u,
    line: /if \(agent === undefined \|\| agent !== agentOf\(/u,
    becomes: /^false$/u,
  },
  {
    why: "For the compiler: who was found to have the offer is an agent, and an unknown one was refused before",
    where: /core\/fast\/actions\.ts (?:ConditionalExpression|StringLiteral)$/u,
    line: /typeof found !== "number" \|\| agent === undefined|if \(agent === undefined\) return reject\("unknown_agent"\)/u,
    becomes: /^(?:false|"")$/u,
  },
  {
    why: "A note that is undefined is told as none",
    where: /core\/fast\/actions\.ts ConditionalExpression$/u,
    line: /return note === undefined \? 0 : by\.noted/u,
    becomes: /^false$/u,
  },
  {
    why: "Only what is dormant may be answered here: whatever comes back to the queue after an answer begins a new episode, and no parked one was answered in its own",
    where: /core\/fast\/actions\.ts ConditionalExpression$/u,
    line: /stored === state\.dormant \|\| stored === state\.parked/u,
    becomes: /^false$/u,
  },
  {
    why: "A call to the bot is forgotten whenever the conversation leaves it, so one that is calling is with it",
    where: /core\/fast\/actions\.ts ConditionalExpression$/u,
    line: /stateOf\(partition, conversation\) === state\.withBot && isCalling/u,
    becomes: /^true$/u,
  },
  {
    why: "A call to the bot ends 30 s after the customer's message, and the shortest window of a platform is a day: its answer is never refused",
    where: /core\/fast\/actions\.ts (?:ConditionalExpression|EqualityOperator|BooleanLiteral)$/u,
    line: /command\.replies\.length > 0 &&|verdictRefusal\(botVerdictOf\(partition, conversation\), false, undefined\)/u,
  },
  {
    why: "The answer's or the command's own words: of a command that is no answer of the bot, whatever the number, its content is told",
    where: /core\/fast\/(?:messages|writes)\.ts UnaryOperator$/u,
    line: /send\(partition, conversation, agent, -1\)|botWrote\(partition, conversation, -1\)/u,
  },
  {
    why: shortCut,
    where: /core\/fast\/messages\.ts ConditionalExpression$/u,
    line: /stored === 0 && assignStraight\(/u,
    becomes: /^false$/u,
  },
  {
    why: shortCut,
    where:
      /core\/fast\/arrivals\.ts (?:BlockStatement|ConditionalExpression|LogicalOperator|EqualityOperator)$/u,
    line: /^\): boolean \{$|\(queue\.free\[costClass\] \?\? 0\) === 0|!queue\.isPlain|partition\.unsettled\.length > 0|channel\.settings\.lastAgentMode\.enabled/u,
    becomes:
      /^(?:\{\}|true|partition\.unsettled\.length [<>]= 0|channel\.settings\.lastAgentMode\.enabled \|\|[^&]*)$/u,
  },
  {
    why: "Whoever receives a message settles all that was due before, and no configuration is changed meanwhile",
    where: /core\/fast\/arrivals\.ts (?:ConditionalExpression|LogicalOperator|BooleanLiteral)$/u,
    line: /if \(partition\.unsettled\.length > 0 \|\| partition\.rebuilding\) return false/u,
    becomes: /^(?:false|true|partition\.unsettled\.length > 0 && partition\.rebuilding)$/u,
  },
  {
    why: shortCut,
    where: /core\/fast\/configuring\.ts (?:ConditionalExpression|StringLiteral|BlockStatement)$/u,
    line: /return acceptance === "automatic" && order === "age"|^function isPlain\(/u,
    becomes: /^(?:false|""|\{\})$/u,
  },
  {
    why: "Where somebody is free and nobody waits who could go to them, the order of the line decides nothing",
    where: /core\/fast\/configuring\.ts (?:ConditionalExpression|EqualityOperator)$/u,
    line: /return acceptance === "automatic" && order === "age"/u,
    becomes: /^(?:true|order !== "age")$/u,
  },
  {
    why: shortCut,
    where: /core\/fast\/endings\.ts (?:BlockStatement|ConditionalExpression|EqualityOperator)$/u,
    line: /^\): boolean \{$|if \(!isOwned\(partition, conversation\) \|\| owner === undefined\) return false|F\.(?:reservedFor|passOvers)\) !== 0\) return false/u,
    becomes: /^(?:\{\}|true|owner !== undefined)$/u,
  },
  {
    why: "An owned conversation has an owner",
    where: /core\/fast\/endings\.ts ConditionalExpression$/u,
    line: /owner === undefined\) return false/u,
    becomes: /^false$/u,
  },
  {
    why: nothingToDo,
    where: /core\/fast\/endings\.ts ConditionalExpression$/u,
    line: /if \(timer === 0\) return;/u,
    becomes: /^false$/u,
  },
  {
    why: shortCut,
    where: /core\/fast\/episodes\.ts ConditionalExpression$/u,
    line: /if \(!endStraight\(/u,
    becomes: /^true$/u,
  },
  {
    why: shortCut,
    where: /core\/fast\/write-verdicts\.ts ConditionalExpression$/u,
    line: /if \(limitMinutes < 0 && policy\.isUnrestricted\)/u,
    becomes: /^false$/u,
  },
  {
    why: "A limit of 0 was answered above",
    where: /core\/fast\/write-verdicts\.ts EqualityOperator$/u,
    line: /limitMinutes < 0 \? Infinity/u,
    becomes: /^limitMinutes <= 0$/u,
  },
  {
    why: "A reason or an instant that is undefined or Infinity is left out below, too",
    where: /core\/fast\/write-verdicts\.ts ConditionalExpression$/u,
    line: /if \(why === 0 && until === Infinity\) return/u,
    becomes: /^false$/u,
  },
  {
    why: whole,
    where: /core\/fast\/write-verdicts\.ts StringLiteral$/u,
    line: /verdictNames\[of - 1\] \?\? "blocked"/u,
  },
  {
    why: "Policies begin at the customer's message, with one that is first: the list is never empty",
    where: /core\/fast\/write-verdicts\.ts OptionalChaining$/u,
    line: /first\?\.verdict === "allowed"/u,
  },
  {
    why: nothingToDo,
    where: /core\/fast\/firing\.ts ConditionalExpression$/u,
    line: /partition\.now < partition\.nothingBefore \|\| !findStep/u,
    becomes: /^false$/u,
  },
  {
    why: "A list of one or none is in order",
    where: /core\/fast\/firing\.ts (?:ConditionalExpression|EqualityOperator)$/u,
    line: /if \(unsettled\.length > 1\) unsettled\.sort/u,
    becomes: /^(?:true|unsettled\.length >= 1)$/u,
  },
  {
    why: nothingToDo,
    where: /core\/fast\/firing\.ts (?:ConditionalExpression|EqualityOperator)$/u,
    line: /if \(dirty\.length > 0\) matchAll|else if \(entered\.length > 1\) lookAtAll/u,
    becomes: /^(?:true|dirty\.length >= 0|entered\.length >= 1)$/u,
  },
  {
    why: "One pass looks at everybody who entered, and neither matching nor looking lets anybody enter",
    where: /core\/fast\/firing\.ts ConditionalExpression$/u,
    line: /while \(dirty\.length > 0 \|\| entered\.length > 0\)/u,
    becomes: /^false$/u,
  },
  {
    why: "A clock that stands in the order too early, or too late to be skipped, is only looked at once more",
    where: /core\/fast\/firing\.ts BooleanLiteral$/u,
    line: /!considerClock\(partition, clock\)|timer === 0 && flipAt > now|if \(!isBefore\) return true|^return true;$/u,
  },
  {
    why: "Row 0 is nobody's, its sequence is 0; and two sequences are the same only between flips, which are one step",
    where: /core\/fast\/firing\.ts (?:ConditionalExpression|EqualityOperator)$/u,
    line: /const sequence = timer === 0 \?|sequence < step\.sequence/u,
    becomes: /^(?:false|sequence <= step\.sequence)$/u,
  },
  {
    why: whole,
    where: /core\/fast\/firing\.ts ConditionalExpression$/u,
    line: /if \(queue !== undefined\) allowanceReturned|const at = clock === undefined \? Infinity/u,
    becomes: /^(?:true|false)$/u,
  },
  {
    why: whole,
    where: /core\/fast\/presence\.ts ConditionalExpression$/u,
    line: /^if \(agent === undefined\) return;$/u,
    becomes: /^false$/u,
  },
  {
    why: "Row 0 is nobody's: nothing reads what is written there",
    where: /core\/fast\/(?:conversations|surge-rate)\.ts ConditionalExpression$/u,
    line: /if \(agent\.conversations !== 0\) \{|if \(after !== 0\) conversations\.set\(after|if \(member === 0\) return/u,
    becomes: /^(?:true|false)$/u,
  },
  {
    why: "Only a conversation with the bot has messages for it or a call, and only an offered one an offer: of any other there is nothing to forget",
    where: /core\/fast\/conversations\.ts ConditionalExpression$/u,
    line: /if \(before === state\.(?:withBot|offered)\)/u,
    becomes: /^true$/u,
  },
  {
    why: "What is offered is offered to somebody, and is forgotten only once it was",
    where: /core\/fast\/conversations\.ts ConditionalExpression$/u,
    line: /F\.offered\) === 0 \|\| agent === 0\) return|^if \(kept === 0\) return;$/u,
    becomes: /^false$/u,
  },
  {
    why: noSuchText,
    where: /core\/fast\/(?:configuring-channels|replacing|auto-replies)\.ts StringLiteral$/u,
    line: /replace\.get\((?:removed|queue)\.id\) \?\? ""|const key = |addressOf\(customer\) \?\? ""/u,
  },
  {
    why: "An instant that is none lies within no window: it is left out at once",
    where: /core\/fast\/(?:surge-rate|auto-replies)\.ts ArrayDeclaration$/u,
    line: /queue\.routed\.get\(agent\.name\) \?\? \[\]|autoReplies\.get\(sender\) \?\? \[\]/u,
  },
  {
    why: "Taking nothing off the front changes nothing",
    where: /core\/fast\/surge-rate\.ts ConditionalExpression$/u,
    line: /if \(first !== 0\) instants\.splice/u,
    becomes: /^true$/u,
  },
  {
    why: "A row more than is needed: only memory differs",
    where: /core\/fast\/configuring-agents\.ts EqualityOperator$/u,
    line: /while \(partition\.agentRows\.last < handle\)/u,
    becomes: /<= handle$/u,
  },
  {
    why: "The members of its queues are built anew before anybody asks, and say whether an agent is ordered by load",
    where: /core\/fast\/configuring-agents\.ts BooleanLiteral$/u,
    line: /isOrderedByLoad: false/u,
  },
  {
    why: "Filled anew for each tenant, queue or change before anything is read of it",
    where: /core\/fast\/configuring\.ts ArrayDeclaration$/u,
    line: /^(?:costs|free|orders|tooFull|byPresence|turns): \[/u,
  },
  {
    why: "Handles of calendars that are gone are used again: only memory differs. Such a calendar has no timer left, for those of its queues went to another",
    where:
      /core\/fast\/configuring\.ts (?:BlockStatement|ConditionalExpression|EqualityOperator)$/u,
    line: /for \(const clock of partition\.clocks\)|clock\?\.isGone !== true \|\| clock\.wheel\.count > 0/u,
  },
  {
    why: "The same clock as before: keeping what is left of a timer leaves it where it is",
    where: /core\/fast\/configuring\.ts ConditionalExpression$/u,
    line: /if \(queue\.clock !== clock\) changeClock|if \(queueOf\(partition, conversation\) === queue\) keepTimeLeft/u,
    becomes: /^true$/u,
  },
  {
    why: "A closed conversation has no agent to be told, and no timer is armed for it",
    where: /core\/fast\/configuring\.ts ConditionalExpression$/u,
    line: /=== state\.closed\) continue/u,
    becomes: /^false$/u,
  },
  {
    why: "Lists begin with a name or a row 0 that nothing stands for, and handles count from 1 whatever stands there",
    where: /core\/fast\/partition\.ts (?:ArrayDeclaration|StringLiteral)$/u,
    line: /^(?:tenantsByChannelName|tenantsByHandle|queues|channels): \[\]|texts: \[""\]/u,
  },
  {
    why: "An engine stands for no command before the first: what is there is replaced before it is read",
    where: /core\/fast\/fast-engine\.ts (?:ObjectLiteral|StringLiteral|ArrayDeclaration)$/u,
    line: /const present: Present = \{ command: \{ type: "tick", at: 0 \}, events: \[\] \}/u,
  },
  {
    why: whole,
    where: /core\/fast\/fast-engine\.ts StringLiteral$/u,
    line: /presenceNames\[agent\.presence\] \?\? "offline"/u,
  },
  {
    why: nothingToDo,
    where: /core\/fast\/fast-engine\.ts (?:ConditionalExpression|EqualityOperator)$/u,
    line: /if \(partition\.events\.count > 0\) partition\.flush/u,
    becomes: /^(?:true|partition\.events\.count >= 0)$/u,
  },
  {
    why: "Customer 0 is nobody, with nothing open; conversation 0 is in no state",
    where: /core\/fast\/messages\.ts ConditionalExpression$/u,
    line: /customer === 0 \? 0 : customers\.openOf|open === 0 \? 0 : stateOf/u,
    becomes: /^false$/u,
  },
  {
    why: wording,
    where: /core\/configuration\/[-a-z]+\.ts StringLiteral$/u,
    line: /^message: |^[?:] [`"]Counts while closed|^const message = |new KnownIds\("/u,
  },
  {
    why: "The name of an error that is caught where it is thrown",
    where: /core\/configuration\/text-reading\.ts StringLiteral$/u,
    line: /this\.name = "UnreadableText"/u,
  },
  {
    why: "Nothing but a bug throws another error",
    where: /core\/configuration\/document\.ts ConditionalExpression$/u,
    line: /if \(!\(error instanceof UnreadableText\)\) throw error/u,
    becomes: /^false$/u,
  },
  {
    why: unsoundIsEmpty,
    where:
      /core\/configuration\/(?:calendar-rules|channel-rules|cost-rules|reference-rules)\.ts ConditionalExpression$/u,
    line: /if \(isReadable\(calendar\.weekly\)\) \{|if \(!isReadable\((?:offline|channelCosts|skills)\)\)/u,
    becomes: /^(?:true|false)$/u,
  },
  {
    why: "The end is cut off where a rest date follows, and hours that end by midnight have none to be cut off",
    where:
      /core\/configuration\/calendar\.ts (?:ConditionalExpression|EqualityOperator|ArrowFunction)$/u,
    line: /if \(own\.every\(\(\{ to \}\) => to <= minutesPerDay\)\) return own/u,
    becomes: /^(?:false|\(\) => undefined|to < minutesPerDay)$/u,
  },
  {
    why: "A week has seven days, and each has its list",
    where: /core\/configuration\/calendar\.ts ArrayDeclaration$/u,
    line: /weekly\[date\.dayOfWeek - 1\] \?\? \[\]/u,
  },
  {
    why: "A date plus no days is that date",
    where: /core\/configuration\/calendar\.ts ConditionalExpression$/u,
    line: /days === 0 \? date : date\.add/u,
    becomes: /^false$/u,
  },
  {
    why: "What is said here is what Temporal does where nothing is said: a text that names no day of the calendar is refused, a time twice there is the first",
    where: /core\/configuration\/(?:calendar|text-checks)\.ts ObjectLiteral$/u,
    line: /disambiguation: "compatible"|overflow: "reject"/u,
  },
  {
    why: "Places are 0 or more, so past its end the shorter reads as no more than the longer, and goes first all the same",
    where: /core\/configuration\/document-order\.ts (?:MethodExpression|EqualityOperator)$/u,
    line: /const shared = Math\.min|index < shared/u,
  },
  {
    why: "What is not there holds nothing: the next token ends the walk",
    where: /core\/configuration\/document-order\.ts ConditionalExpression$/u,
    line: /if \(position === undefined\) return/u,
    becomes: /^false$/u,
  },
  {
    why: nothingToDo,
    where: /core\/configuration\/document-order\.ts ConditionalExpression$/u,
    line: /if \(known !== undefined\) return known/u,
    becomes: /^false$/u,
  },
  {
    why: "The indexes of a list are its keys in the same order, and no violation is of an item that is not there",
    where: /core\/configuration\/document-order\.ts (?:ConditionalExpression|BlockStatement)$/u,
    line: /if \(Array\.isArray\(value\)\) \{/u,
    becomes: /^(?:false|\{\})$/u,
  },
  {
    why: "Hours that begin when they end were refused above; what ends with another adds nothing; a stretch that ends with the week leaves an empty one at the beginning of the next",
    where: /core\/configuration\/hours\.ts EqualityOperator$/u,
    line: /to > from \? to|next\.to > last\.to|end <= minutesPerWeek/u,
  },
  {
    why: "A text that is no hours is left out",
    where: /core\/configuration\/hours\.ts ArrayDeclaration$/u,
    line: /hours: readonly string\[\] = \[\]/u,
  },
  {
    why: "Past its end the text is no quotation mark, and a step further is past its end as well",
    where: /core\/configuration\/json-text\.ts EqualityOperator$/u,
    line: /while \(end < this\.#text\.length/u,
  },
  {
    why: "Of the shapes there are, each has a type or is a text, each integer a least, and only those with required keys require any that have a name",
    where: /core\/configuration\/shape\.ts (?:StringLiteral|ArrayDeclaration|UnaryOperator)$/u,
    line: /shape\.type \?\? "string"|required = \[\]|minimum: min = -Infinity/u,
  },
  {
    why: "What is no number is no integer",
    where: /core\/configuration\/shape\.ts ConditionalExpression$/u,
    line: /typeof value === "number" && Number\.isInteger\(value\)/u,
    becomes: /^true$/u,
  },
  {
    why: "Undefined is as good as false to whoever asks whether it succeeded",
    where: /core\/configuration\/text-checks\.ts BlockStatement$/u,
    line: /\} catch \{/u,
  },
  {
    why: "U+0080 is no printable character: a name with it is refused as such",
    where: /core\/configuration\/text-checks\.ts EqualityOperator$/u,
    line: /code < 0x80 \? 1/u,
    becomes: /^code <= 0x80$/u,
  },
  {
    why: "Undefined under a name is as good as nothing under it; no alias has an undefined name",
    where: /core\/configuration\/(?:warnings|yaml-text)\.ts ConditionalExpression$/u,
    line: /if \(night !== undefined\) ofQueue\.set|if \(node\.anchor !== undefined\)/u,
    becomes: /^true$/u,
  },
  {
    why: "The schema of YAML 1.2 is the core schema unless told otherwise",
    where: /core\/configuration\/yaml-text\.ts StringLiteral$/u,
    line: /schema: "core"/u,
  },
  {
    why: "A bound on what a document may cost: one value of a million more or less",
    where: /core\/configuration\/yaml-text\.ts EqualityOperator$/u,
    line: /this\.#valueCount > valuesMax/u,
  },
  {
    why: "A text falls through to where it is made one, and stays it",
    where: /core\/configuration\/yaml-text\.ts ConditionalExpression$/u,
    line: /^case "string":$/u,
  },
  {
    why: "Split at anything, a text has a first part",
    where: /core\/auto-reply\.ts StringLiteral$/u,
    line: /value\.split\(";"\)\[0\] \?\? ""/u,
  },
  {
    why: nothingToDo,
    where:
      /core\/fast\/(?:conversations|configuring-queues|applying)\.ts (?:ConditionalExpression|LogicalOperator)$/u,
    line: /agent\.tenant\.waiting === 0 \|\| partition\.rebuilding|if \(clock === before\) return|if \(discarded\.length === 0\) return/u,
    becomes: /^(?:false|agent\.tenant\.waiting === 0 && partition\.rebuilding)$/u,
  },
  {
    why: nothingToDo,
    where:
      /core\/fast\/(?:conversations|unanswered)\.ts (?:ConditionalExpression|LogicalOperator|EqualityOperator)$/u,
    line: /queue !== undefined && queue\.waiting > 0|if \(severalUnanswered\(partition, conversation\)\) \{/u,
    becomes: /^(?:true|queue !== undefined \|\| queue\.waiting > 0|queue\.waiting >= 0)$/u,
  },
  {
    why: nothingToDo,
    where: /core\/fast\/presence\.ts (?:ConditionalExpression|LogicalOperator)$/u,
    line: /if \(queue === undefined \|\| queue\.live === 0\) continue|if \(agent\.conversations === 0\) return/u,
    becomes: /^(?:false|queue === undefined && queue\.live === 0)$/u,
  },
  {
    why: "Who waits live is looked at in vain: as long as anybody is signed in, everybody keeps their place",
    where: /core\/fast\/presence\.ts ConditionalExpression$/u,
    line: /queue\.byPresence\[presence\.offline\] === queue\.members\.length/u,
    becomes: /^true$/u,
  },
  {
    why: nothingToDo,
    where: /core\/fast\/plans\.ts (?:ConditionalExpression|EqualityOperator)$/u,
    line: /else if \(queue\.waiting > 0\) markDirty/u,
    becomes: /^(?:true|queue\.waiting >= 0)$/u,
  },
  {
    why: nothingToDo,
    where: /core\/fast\/plans\.ts ConditionalExpression$/u,
    line: /if \(queue\.live === 0\) return/u,
    becomes: /^false$/u,
  },
  {
    why: "A clock that did not flip leaves nothing to see to: nobody waits live where it is closed, and where it is open matching finds nothing new",
    where: /core\/fast\/plans\.ts ConditionalExpression$/u,
    line: /const flips = open !== clock\.open/u,
    becomes: /^true$/u,
  },
  {
    why: "Handles of what is gone are used again: only memory differs",
    where: /core\/fast\/applying\.ts (?:BlockStatement|ConditionalExpression|EqualityOperator)$/u,
    line: /^export function forgetDiscarded|if \(discarded\.length === 0\) return/u,
    becomes: /^(?:\{\}|true|discarded\.length !== 0)$/u,
  },
  {
    why: "A configuration with automatic replies elsewhere than by email, or without their templates, is refused",
    where: /core\/fast\/auto-replies\.ts ConditionalExpression$/u,
    line: /if \(kind !== "email" \|\| !offlineMessages\.enabled\)|if \(mail === undefined \|\|/u,
    becomes: /^false$/u,
  },
  {
    why: "Whoever enters without waiting live is looked at in vain",
    where:
      /core\/fast\/(?:configuring-queues|episodes)\.ts (?:ConditionalExpression|LogicalOperator)$/u,
    line: /if \(stored === state\.queued && !isOffline|if \(!isOffline\(partition, conversation\)\) enter\(/u,
    becomes: /^(?:true|stored === state\.queued \|\| !isOffline\(partition, conversation\))$/u,
  },
  {
    why: "Nobody asks for the state of a conversation before its first move",
    where: /core\/fast\/conversations\.ts ConditionalExpression$/u,
    line: /if \(stored === 0\) return state\.queued/u,
    becomes: /^false$/u,
  },
  {
    why: "What is owned is kept for nobody: that ended when it was taken. What looks as if it were goes the long way",
    where: /core\/fast\/endings\.ts (?:ConditionalExpression|EqualityOperator|BooleanLiteral)$/u,
    line: /F\.reservedFor\) !== 0\) return false/u,
  },
  {
    why: "Name 0 is nobody's",
    where: /core\/fast\/last-agent\.ts ConditionalExpression$/u,
    line: /if \(last === 0\) return/u,
    becomes: /^false$/u,
  },
  {
    why: "Person 0 is nobody, remembered at instant 0, before anybody",
    where: /core\/fast\/messages\.ts ConditionalExpression$/u,
    line: /here !== 0 && \(known === 0 \|\|/u,
    becomes: /^false$/u,
  },
  {
    why: "Nothing waits before the first configuration, at whose end it is false",
    where: /core\/fast\/partition\.ts BooleanLiteral$/u,
    line: /rebuilding: false/u,
  },
  {
    why: "Members are built anew, and rated, when the change of the configuration is done",
    where: /core\/fast\/surge-rate\.ts ConditionalExpression$/u,
    line: /if \(partition\.rebuilding\) return/u,
    becomes: /^false$/u,
  },
  {
    why: "0 was excluded before",
    where: /core\/fast\/surge-rate\.ts EqualityOperator$/u,
    line: /if \(first !== 0\) instants\.splice/u,
    becomes: /^first <= 0$/u,
  },
  {
    why: "A removed agent's routings were forgotten with the agent: of those that are left, each agent is there",
    where: /core\/fast\/surge-rate\.ts ConditionalExpression$/u,
    line: /if \(agent !== undefined\) awaitAllowance/u,
    becomes: /^true$/u,
  },
  {
    why: "Of the policies there are, those that allow a first contact allow everything",
    where: /core\/fast\/write-verdicts\.ts ConditionalExpression$/u,
    line: /others\.length === 0 &&|first\?\.verdict === "allowed" &&|first\.afterMs <= 0;/u,
    becomes: /^true$/u,
  },
  {
    why: "A reason that is undefined is as good as none",
    where: /core\/fast\/write-verdicts\.ts ConditionalExpression$/u,
    line: /reasonName === undefined \? \{\} :/u,
    becomes: /^false$/u,
  },
  {
    why: "What no case names is refused nothing",
    where: /core\/reply-window\.ts StringLiteral$/u,
    line: /^case "allowed":$/u,
  },
  {
    why: "Whoever signs in does so for at least a second, which ends after instant 0",
    where: /core\/fast\/fast-engine\.ts EqualityOperator$/u,
    line: /agent\.expiresAt < 0 \?/u,
    becomes: /^agent\.expiresAt <= 0$/u,
  },
  {
    why: "Offers to an agent who leaves or is removed were withdrawn before",
    where: /core\/fast\/presence\.ts (?:MethodExpression|ConditionalExpression)$/u,
    line: /return conversationsOf\(partition, agent\)\.filter\(|stateOf\(partition, conversation\) !== state\.offered,$/u,
    becomes: /^(?:true|conversationsOf\(partition, agent\))$/u,
  },
  {
    why: "Looked at once more, in vain",
    where: /core\/fast\/episodes\.ts ConditionalExpression$/u,
    line: /if \(has\(partition, conversation, flag\.entered\)\) return/u,
    becomes: /^false$/u,
  },
  {
    why: "A person was last served no earlier than any customer that they are, and person 0 by nobody at instant 0",
    where:
      /core\/fast\/last-agent\.ts (?:ConditionalExpression|EqualityOperator|LogicalOperator)$/u,
    line: /person !== 0 && \(found\.name === 0 \|\|/u,
    becomes: /^(?:false|found\.name !== 0|person !== 0 \|\| .*)$/u,
  },
  {
    why: "Whoever calls it has just put the conversation into the queue",
    where: /core\/fast\/last-agent\.ts ConditionalExpression$/u,
    line: /F\.state\) !== state\.queued\) return/u,
    becomes: /^false$/u,
  },
  {
    why: "Timer 0 is the end of every list: taking it out changes nothing",
    where: /core\/fast\/configuring-agents\.ts ConditionalExpression$/u,
    line: /^if \(timer === 0\) continue;$/u,
    becomes: /^false$/u,
  },
  {
    why: "Who was not available has no offers",
    where: /core\/fast\/presence\.ts ConditionalExpression$/u,
    line: /else if \(before === presence\.available\)/u,
    becomes: /^true$/u,
  },
];
