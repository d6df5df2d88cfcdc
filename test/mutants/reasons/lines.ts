import type { Reason } from "../reasons.ts";

const neverTwice =
  "Nobody is passed over twice at a time for one conversation: who is passed over is not offered it, so the search ends with none";
const inVain = "Listed twice it is looked at twice, the second time in vain";
const sorted =
  "In whatever order they come in, they are put in order: where they are already, it takes time";
const longWay =
  "The long way, by a place in line and the search of all, comes to the same: it takes time";
const zeroRow = "Row 0 is nobody's and all zeros: without the question the answer is the same";
const toTheOne =
  "What stands in a list that it need not stand in is asked again there: it takes time";

/** Of lines, who is passed over, clocks, and the first part of a matching. */
export const lineReasons: readonly Reason[] = [
  {
    why: "Only whether it is 0 is asked: a count that is wrong but not 0 lets a tenant in which nothing waits be looked at in vain",
    where: /core\/fast\/conversation-selection\.ts AssignmentOperator$/u,
    line: /^(?:queue\.tenant|queue)\.waiting [+-]= 1;$/u,
  },
  {
    why: longWay,
    where: /core\/fast\/conversation-selection\.ts ConditionalExpression$/u,
    line: /^if \(isAlone\) announceArrival/u,
    becomes: /^false$/u,
  },
  {
    why: inVain,
    where:
      /core\/fast\/conversation-selection\.ts (?:BlockStatement|ConditionalExpression|BooleanLiteral)$/u,
    line: /^if \(queue\.isDirty\) \{$|^queue\.isDirty = true;$|^if \(tenant\.isUnsettled\) return;$|^tenant\.isUnsettled = true;$/u,
    becomes: /^(?:\{\}|false)$/u,
  },
  {
    why: sorted,
    where:
      /core\/fast\/(?:conversation-selection|snapshot-writing)\.ts (?:BooleanLiteral|ConditionalExpression|EqualityOperator)$/u,
    line: /^let isInOrder = true;$|^if \((?:number|sequence) < last\) isInOrder = false;$|^if \(isInOrder\) return (?:conversations|armed);$/u,
    becomes: /^false$|^true$|<= last|>= last/u,
  },
  {
    why: "Ranks are only compared with each other, and all of them are lower by as much",
    where: /core\/fast\/conversation-selection\.ts ArithmeticOperator$/u,
    line: /^const rank = \(live \? 0 : 16\) \+ 15 -/u,
    becomes: /^\(live \? 0 : 16\) - 15$/u,
  },
  {
    why: "Whoever never wrote is as one who wrote before 1970, whose window is over as well, or has no end",
    where: /core\/fast\/conversation-selection\.ts (?:ConditionalExpression|EqualityOperator)$/u,
    line: /^if \(lastMessageAt < 0\) return Infinity;$/u,
    becomes: /^false$|<= 0/u,
  },
  {
    why: "A lane for each that could have had one with others: what may go first is found among more lanes, which takes time",
    where: /core\/fast\/conversation-selection\.ts ConditionalExpression$/u,
    line: /^for \(let lane = first; lane !== 0;|^if \(passOvers === 0\) return lane;$|^if \(samePassOvers\(/u,
    becomes: /^false$/u,
  },
  {
    why: "A lane for each that could have had one with others: what may go first is found among more lanes, which takes time",
    where: /core\/fast\/pass-overs\.ts (?:BlockStatement|ConditionalExpression|BooleanLiteral)$/u,
    line: /^export function samePassOvers\(|^if \(!isPassedOver\(partition, other, passedOverAgent\(partition, timer\)\)\) return false;$|^return true;$/u,
    becomes: /^(?:\{\}|true|false)$/u,
  },
  {
    why: "The queue of a lane is always there: for the compiler",
    where: /core\/fast\/conversation-selection\.ts ConditionalExpression$/u,
    line: /^else if \(queue !== undefined\) queue\.lanes = after;$/u,
    becomes: /^true$/u,
  },
  {
    why: toTheOne,
    where:
      /core\/fast\/conversation-selection\.ts (?:ConditionalExpression|LogicalOperator|EqualityOperator)$/u,
    line: /^if \(member !== 0 && queue !== undefined\) refreshReady/u,
  },
  {
    why: "Counts are only compared with each other and with 0: all of them have the other sign",
    where: /core\/fast\/pass-overs\.ts AssignmentOperator$/u,
    line: /count \+= 1;$/u,
    becomes: /-= 1/u,
  },
  {
    why: neverTwice,
    where: /core\/fast\/pass-overs\.ts (?:ConditionalExpression|EqualityOperator)$/u,
    line: /^while \(timer !== 0 && passedOverAgent\(partition, timer\) !== agent\.handle\)|^const following = timer === 0 \? 0 : nextPassOver/u,
    becomes: /^(?:true|false)$|timer !== 0/u,
  },
  {
    why: zeroRow,
    where: /core\/fast\/conversation-timers\.ts ConditionalExpression$/u,
    line: /^const following = timer === 0 \? 0 : timers\.get|^if \(timer === 0\) return;$/u,
    becomes: /^false$/u,
  },
  {
    why: "An arrival that goes straight to somebody would have waited for no time: its timer is armed and cancelled, under the same sequence",
    where: /core\/fast\/conversation-timers\.ts ConditionalExpression$/u,
    line: /^if \(partition\.arrival !== conversation\) \{$/u,
    becomes: /^true$/u,
  },
  {
    why: "Nobody goes offline while being the arrival: it has its place in line, and its wait its timer, before anything else happens",
    where: /core\/fast\/conversation-timers\.ts ConditionalExpression$/u,
    line: /^if \(kind === kinds\.connectWait\) forgetArrivalWait/u,
    becomes: /^false$/u,
  },
  {
    why: "The flip at this very instant adds no time, whether it is taken or not",
    where: /core\/fast\/clocks\.ts EqualityOperator$/u,
    line: /^if \(clock\.flipAt <= now\) return clockTimeLater|^if \(flip > now\) break;$/u,
    becomes: /clock\.flipAt < now|flip >= now/u,
  },
  {
    why: "Beyond the last is no flip: Infinity, at which the loop ends",
    where: /core\/fast\/clocks\.ts EqualityOperator$/u,
    line: /^for \(let index = clock\.nextFlip; index < clock\.flips\.length;/u,
    becomes: /index <= clock\.flips\.length/u,
  },
  {
    why: "A flip is taken only when it is due, so there is one",
    where: /core\/fast\/clocks\.ts ConditionalExpression$/u,
    line: /^if \(at === Infinity\) return;$/u,
    becomes: /^false$/u,
  },
  {
    why: "A clock that is gone has no timer and no flip that anybody waits for: looked at once more, in vain",
    where: /core\/fast\/clocks\.ts (?:ConditionalExpression|BlockStatement)$/u,
    line: /^if \(clock\.isGone\)/u,
    becomes: /^(?:false|\{\})$/u,
  },
  {
    why: "A clock that stands in the order too early is looked at and put where it belongs: it takes time",
    where: /core\/fast\/clocks\.ts (?:BlockStatement|ConditionalExpression|ArithmeticOperator)$/u,
    line: /^export function putInOrder\(|^\} else if \(clock\.open\) \{$|^const at = clock\.since \+ wheel\.bound|^const due = partition\.now \+ durationMs;$/u,
    becomes: /^(?:\{\}|true)$|clock\.since - wheel|partition\.now - durationMs/u,
  },
  {
    why: "The wall's clock shows the time itself: it has run since 0 and never flips",
    where: /core\/fast\/clocks\.ts ConditionalExpression$/u,
    line: /^const due = clock\.handle === wallHandle \?/u,
    becomes: /^false$/u,
  },
  {
    why: "The field is the first of its row, 0: to add it and to take it away comes to the same",
    where: /core\/fast\/clocks\.ts ArithmeticOperator$/u,
    line: /^doubles\[\(row >> 1\) \+ timerDue\] = due;$/u,
    becomes: /^\(row >> 1\) - timerDue$/u,
  },
  {
    why: "What is armed out of turn is put in the order of sequences when its slot is reached, which what is armed in turn has already: it takes time",
    where: /core\/fast\/clocks\.ts ConditionalExpression$/u,
    line: /^if \(sequence === partition\.lastTimer\) placeTimer/u,
    becomes: /^false$/u,
  },
  {
    why: "A row more: row 0 ends the walk as well, and nobody stands in it",
    where: /core\/fast\/agent-selection\.ts (?:ConditionalExpression|EqualityOperator)$/u,
    line: /^for \(; timer !== 0 && left > 0;/u,
    becomes: /^true$|left >= 0/u,
  },
  {
    why: "The loop below does not run where nobody is passed over: the short cut saves a list",
    where: /core\/fast\/agent-selection\.ts ConditionalExpression$/u,
    line: /^if \(!isPassedOverMember\(partition, conversation, member\)\) return member;$/u,
    becomes: /^false$/u,
  },
  {
    why: "Where nothing is rated the long question answers as the short one",
    where: /core\/fast\/agent-selection\.ts ConditionalExpression$/u,
    line: /^const isRated = queue\.settings\.maxAssignmentsPerAgentPerMinute !== null;$/u,
    becomes: /^true$/u,
  },
  {
    why: "The first place is the first again",
    where: /core\/fast\/agent-selection\.ts EqualityOperator$/u,
    line: /^if \(place < 0\) place = turns\.next\(0\);$/u,
    becomes: /^place <= 0$/u,
  },
  {
    why: "For the compiler: a class of cost has its count",
    where: /core\/fast\/arrivals\.ts LogicalOperator$/u,
    line: /^if \(\(queue\.free\[costClass\] \?\? 0\) === 0\) return false;$/u,
  },
  {
    why: longWay,
    where: /core\/fast\/matching\.ts (?:LogicalOperator|EqualityOperator|ConditionalExpression)$/u,
    line: /^dirty\.length === 1 &&$|^dirty\[0\] === queue &&$|^if \(partition\.arrival !== 0 && tenant\.dirty\.length === 1\) return;/u,
  },
  {
    why: "Every candidate is looked for anew where only the first need be: it takes time",
    where: /core\/fast\/matching\.ts EqualityOperator$/u,
    line: /^const byAge = heap\.every/u,
    becomes: /!== "age"/u,
  },
  {
    why: "Whoever is brought up to date without need, or while everything is built anew, is up to date all the same: it takes time",
    where: /core\/fast\/members\.ts (?:ConditionalExpression|LogicalOperator)$/u,
    line: /^if \(!agent\.isRemoved && !partition\.rebuilding\) refreshAgent/u,
    becomes: /^true$|\|\|/u,
  },
  {
    why: "The queue's first has nobody before it: what is written into row 0 is read by nobody",
    where: /core\/fast\/members\.ts ConditionalExpression$/u,
    line: /^if \(queue\.readyReserved !== 0\) members\.set\(queue\.readyReserved, M\.readyPrevious|^if \(after !== 0\) members\.set\(after, M\.readyPrevious/u,
    becomes: /^true$/u,
  },
  {
    why: "Brought up to date once more at each change, where an agent is ordered by load: it takes time",
    where: /core\/fast\/members\.ts ConditionalExpression$/u,
    line: /^if \(queue\.settings\.agentSelection === "least-loaded"\) agent\.isOrderedByLoad = true;$/u,
    becomes: /^true$/u,
  },
  {
    why: "A list or handle that is not given back takes memory only",
    where:
      /core\/fast\/(?:ordered-lists|state|idle-lists)\.ts (?:BlockStatement|ConditionalExpression|ArrayDeclaration|EqualityOperator)$/u,
    line: /^dropList\(which: number\): void \{$|^\): void \{$|^if \(free === undefined\) freeHandles\.set\(list, \[handle\]\);$|^for \(const member of queue\.members\) \{$|^for \(let count = 0; count < queue\.idle\.length; count \+= 1\) \{$/u,
    becomes: /^(?:\{\}|true|\[\])$|count <= queue/u,
  },
  {
    why: "The name in the message of an error that only a bug raises",
    where: /core\/fast\/state\.ts StringLiteral$/u,
    line: /^"(?:tenant|channel)",$/u,
  },
  {
    why: "A line takes what is due in its order, the wheel all else, and both fire the same: it takes time",
    where: /core\/fast\/timing-wheel\.ts ConditionalExpression$/u,
    line: /^if \(!this\.#lines\.add\(timer, line, lineSlots \+ line \+ 1\)\) this\.add\(timer\);$/u,
    becomes: /^true$/u,
  },
  {
    why: "The limit is never before the wheel's time: to set the same time again changes nothing",
    where: /core\/fast\/timing-wheel\.ts ConditionalExpression$/u,
    line: /^if \(limit > this\.#time\) this\.#setTime\(limit\);$/u,
    becomes: /^true$/u,
  },
  {
    why: "For the compiler: an order or a heap has its first, and a node its next",
    where: /core\/fast\/(?:lazy-order|idle-lists)\.ts LogicalOperator$/u,
    line: /^else this\.key = this\.#keys|^node = ints\[at \+ I\.nextOfAgent\] \?\? 0;$/u,
  },
  {
    why: "Orders of clocks have room before they are asked: it grows at the first use all the same",
    where: /core\/fast\/lazy-order\.ts EqualityOperator$/u,
    line: /^if \(place >= this\.#where\.length\) this\.#grow/u,
    becomes: /place > this/u,
  },
  {
    why: "Person 0 is nobody, remembered at instant 0, before anybody",
    where: /core\/fast\/last-agent\.ts (?:ConditionalExpression|EqualityOperator)$/u,
    line: /^if \(person !== 0 && \(found\.name === 0 \|\|/u,
  },
  {
    why: "Called by the simulator and by benchmarks, not by tests of core",
    where: /core\/fast\/interned-engine\.ts BlockStatement$/u,
    line: /^numberOf\(conversation: number\): number \{$/u,
  },
  {
    why: "What is unsound has a violation of its own, and only violations are told of it: the waits that stand beside it are read by nobody",
    where: /core\/configuration\/derived-defaults\.ts ConditionalExpression$/u,
    line: /^if \(!isReadable\(lastAgentMode\)\) return unsound;$|^limit === undefined \? unsound :/u,
    becomes: /^false$/u,
  },
  {
    why: "A section that is null is unsound before it is asked",
    where: /core\/configuration\/draft\.ts ConditionalExpression$/u,
    line: /^return typeof section === "object" && section !== null;$/u,
    becomes: /^true$/u,
  },
  {
    why: "Hours that reach over the end of the week leave the same gap before the next, or less than none",
    where: /core\/configuration\/hours\.ts ConditionalExpression$/u,
    line: /^return end <= minutesPerWeek$/u,
    becomes: /^true$/u,
  },
  {
    why: "Nobody enters before the first configuration is done, at whose end the list is emptied",
    where: /core\/fast\/configuring\.ts ArrayDeclaration$/u,
    line: /^entered: \[\],$/u,
  },
  {
    why: "What is written behind the last field of a row is overwritten by the row that comes next, or is read by nobody",
    where: /core\/fast\/event-rows\.ts EqualityOperator$/u,
    line: /^for \(let index = 1; index < rowWidth; index \+= 1\) cells/u,
    becomes: /index <= rowWidth/u,
  },
  {
    why: "An age of 0 is the first instant of 1970, at which nothing waits",
    where: /core\/fast\/messages\.ts EqualityOperator$/u,
    line: /^if \(conversations\.getDouble\(conversation, D\.age\) < 0\) \{$/u,
    becomes: /<= 0/u,
  },
  {
    why: "A count that only decides when slots grow: they grow sooner",
    where: /core\/fast\/number-table\.ts AssignmentOperator$/u,
    line: /^this\.#count -= 1;$/u,
    becomes: /\+= 1/u,
  },
  {
    why: "A node that was not reserved yet reads as nothing: 0 as well",
    where: /core\/fast\/ordered-lists\.ts ConditionalExpression$/u,
    line: /^return node > this\.#reserved \? 0 :/u,
    becomes: /^false$/u,
  },
  {
    why: "An order is asked only for a slot with timers in it, all of which it has: it is never empty",
    where: /core\/fast\/slot-order\.ts ConditionalExpression$/u,
    line: /^return this\.#count === 0 \? 0 : \(this\.#timers\[0\]/u,
    becomes: /^false$/u,
  },
  {
    why: "Row 0 has the rank 0, which no priority comes to",
    where: /core\/fast\/conversation-selection\.ts ConditionalExpression$/u,
    line: /^if \(after !== 0 && buckets\.get\(after, B\.rank\) === rank\) return after;$/u,
    becomes: /^true$/u,
  },
  {
    why: "Only the first wait of an arrival is armed late, and it is due at another instant than what was armed for the same arrival meanwhile: in which order they would fire at one instant is never asked",
    where: /core\/fast\/clocks\.ts (?:ConditionalExpression|EqualityOperator)$/u,
    line: /^if \(sequence === partition\.lastTimer\) placeTimer/u,
    becomes: /^true$|!== partition/u,
  },
  {
    why: "The head stands for nobody, who is passed over for nothing",
    where: /core\/fast\/idle-lists\.ts ConditionalExpression$/u,
    line: /^while \(node !== head && isNodePassedOver/u,
    becomes: /^true$/u,
  },
  {
    why: "Whoever a lane is reserved for was not passed over for what is in it, for a reservation ends with its first offer: they are free, so somebody is eligible",
    where: /core\/fast\/matching\.ts ConditionalExpression$/u,
    line: /^\(agent === 0$/u,
    becomes: /^true$/u,
  },
  {
    why: "What is offered goes by itself only to whom it is offered, and whatever else does is a person's doing, which has its own reason",
    where: /core\/fast\/matching\.ts (?:LogicalOperator|ConditionalExpression)$/u,
    line: /^stateOf\(partition, conversation\) === state\.offered &&$|^partition\.conversations\.get\(conversation, F\.agent\) === agent\.handle;$/u,
    becomes: /^true$|\|\|/u,
  },
  {
    why: "What is offered has its explanation kept, and an age",
    where: /core\/fast\/matching\.ts ConditionalExpression$/u,
    line: /^if \(kept === 0\) explain\(|= age < 0 \? 0 : partition\.now - age;$/u,
    becomes: /^false$/u,
  },
  {
    why: "The id that is set again is the same, and what comes with it is no newer than what is known",
    where: /core\/fast\/messages\.ts ConditionalExpression$/u,
    line: /^if \(customers\.customerIdOf\(customer\) === id\) return;$/u,
    becomes: /^false$/u,
  },
  {
    why: "Numbers below 2 to the power of 32 have a hash each: neither a product with an odd number nor the mixing behind it makes two the same",
    where: /core\/fast\/number-table\.ts LogicalOperator$/u,
    line: /^if \(slots\[at \+ 1\] === hash &&/u,
    becomes: /\|\|/u,
  },
  {
    why: "What was passed over for it is forgotten when somebody owns it",
    where: /core\/fast\/endings\.ts (?:ConditionalExpression|EqualityOperator)$/u,
    line: /^if \(conversations\.get\(conversation, F\.passOvers\) !== 0\) return false;$/u,
    becomes: /^false$|=== 0/u,
  },
  {
    why: "Whoever has no address is known by none, and is not forgotten twice",
    where: /core\/fast\/(?:erasing|configuring-channels)\.ts ConditionalExpression$/u,
    line: /^if \(address [!=]== undefined\)/u,
    becomes: /^(?:true|false)$/u,
  },
  {
    why: "What is reserved is explained when it goes to whom it is reserved for, who is eligible then",
    where: /core\/fast\/explanations\.ts LogicalOperator$/u,
    line: /^member !== 0 && ineligibility\(/u,
    becomes: /\|\|/u,
  },
  {
    why: "In its line it takes the same place again: it takes time",
    where: /core\/fast\/reply-windows\.ts ConditionalExpression$/u,
    line: /^if \(queueOf\(partition, conversation\)\.settings\.order === "reply-window"\) \{$/u,
    becomes: /^true$/u,
  },
  {
    why: "Beyond the end stands the very one that is being placed, so it ends there",
    where: /core\/fast\/slot-order\.ts ArithmeticOperator$/u,
    line: /^if \(below \+ 1 < this\.#count &&/u,
    becomes: /^below - 1$/u,
  },
  {
    why: "Asked only where a message is unanswered",
    where: /core\/fast\/unanswered\.ts (?:ConditionalExpression|ArrayDeclaration)$/u,
    line: /^if \(first === 0\) return \[\];$/u,
  },
  {
    why: "Looked up by its address it is the same customer: it takes time",
    where: /core\/fast\/writes\.ts ConditionalExpression$/u,
    line: /^const customer = known === 0 \?/u,
    becomes: /^true$/u,
  },
  {
    why: "A reply window is armed anew as soon as its verdict is asked for, which every move does",
    where: /core\/fast\/conversation-timers\.ts ConditionalExpression$/u,
    line: /^if \(timers\.get\(timer, timerKind\) === kinds\.replyWindow\) kept = timer;$/u,
    becomes: /^false$/u,
  },
  {
    why: "All that stands in a level is due behind its present slot: from beyond the last slot on there is none, and of those before the one asked for none is occupied",
    where: /core\/fast\/timing-wheel\.ts (?:ConditionalExpression|EqualityOperator)$/u,
    line: /^if \(from >= slotsPerLevel\) return -1;$|^if \(from < 32\) \{$|^const mask = from <= 32 \?/u,
  },
  {
    why: "Above the first level the search begins behind the present slot, so slot 0 is never the answer",
    where: /core\/fast\/timing-wheel\.ts EqualityOperator$/u,
    line: /^if \(digit >= 0\) return level \* slotsPerLevel \+ digit;$/u,
    becomes: /^digit > 0$/u,
  },
  {
    why: "Each class of cost has counts and lists of its own, and which is asked for is looked up: the order is for whoever reads",
    where: /core\/fast\/members\.ts (?:ArrowFunction|ArithmeticOperator)$/u,
    line: /^tenant\.costs = \[\.\.\.costs\]\.toSorted/u,
  },
  {
    why: "At the wheel's own time something is due only while a tick is bounded, and then the first is known already",
    where: /core\/fast\/timing-wheel\.ts EqualityOperator$/u,
    line: /^if \(digit >= 0\) \{$/u,
    becomes: /^digit > 0$/u,
  },
  {
    why: "Member 0 is nobody, who fits nothing and is offline",
    where: /core\/fast\/agent-selection\.ts ConditionalExpression$/u,
    line: /^if \(member !== 0 && fitOf\(partition, member, costClass\) === fit\.free\) left -= 1;$/u,
    becomes: /^true$/u,
  },
  {
    why: "Noticed by longer streams than are played here, of those that `npm run agreement` plays",
    where:
      /core\/fast\/(?:conversation-timers\.ts ConditionalExpression|frequent-events\.ts LogicalOperator)$/u,
    line: /^if \(partition\.arrival === conversation\) partition\.arrivalWait = 0;$|^if \(note === undefined && who === undefined && from === undefined && agent/u,
    becomes: /^true$|\|\| who === undefined$/u,
  },
];
