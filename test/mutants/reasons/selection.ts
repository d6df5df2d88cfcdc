import type { Reason } from "../reasons.ts";

const conditions = "(?:ConditionalExpression|LogicalOperator|EqualityOperator|BooleanLiteral)";

/** Of whom to look at next: members, idle lists, orders, wheels, lines and matching. */
export const selectionReasons: readonly Reason[] = [
  {
    why: "The field is the first of its row, 0: to add it and to take it away comes to the same",
    where: /core\/fast\/idle-lists\.ts ArithmeticOperator$/u,
    line: /\+ I\.next\]/u,
    becomes: /- I\.next$/u,
  },
  {
    why: "A list of one class of cost more, into which nobody is ever put: it takes memory",
    where: /core\/fast\/idle-lists\.ts EqualityOperator$/u,
    line: /costClass < classes;/u,
    becomes: /<=/u,
  },
  {
    why: "Rows are not given back: it takes memory",
    where: /core\/fast\/idle-lists\.ts (?:ConditionalExpression|BlockStatement)$/u,
    line: /count < queue\.idle\.length;/u,
    becomes: /^(?:false|\{\})$/u,
  },
  {
    why: "Who waits out of turn without need is found there, in the same order: it takes time",
    where: /core\/fast\/idle-lists\.ts (?:ConditionalExpression|LogicalOperator)$/u,
    line: /if \(last !== head && !isEarlier\(partition, last, node\)\)/u,
    becomes: /^true$|\|\|/u,
  },
  {
    why: "The two are never the same here: equality was asked for before, or places and ages differ by construction",
    where: /core\/fast\/(?:idle-lists|matching|lazy-order|ordered-lists)\.ts EqualityOperator$/u,
    line: /return a === b \? idle\.get|a !== otherA\) return a|b !== otherB\) return b|return b === otherB|windowA !== windowB\) return|compareByAge\(partition, a\.conversation|compare\(partition, head, found/u,
    becomes: /<=/u,
  },
  {
    why: "Passed-over agents are looked for where there are none: it takes time",
    where: /core\/fast\/idle-lists\.ts ConditionalExpression$/u,
    line: /const somePassedOver =|if \(somePassedOver\) \{/u,
    becomes: /^true$/u,
  },
  {
    why: "Nobody is passed over for row 0, which is nobody's: the long way comes to the same",
    where: /core\/fast\/idle-lists\.ts ConditionalExpression$/u,
    line: /isThere && \(conversation === 0 \|\|/u,
    becomes: /^false$/u,
  },
  {
    why: "Without the short cut the search finds nobody in the empty order: it takes time",
    where: /core\/fast\/idle-lists\.ts ConditionalExpression$/u,
    line: /orders\[costClass\]\?\.first\(\) \?\? -1\) >= 0/u,
    becomes: /^true$/u,
  },
  {
    why: "The loop is left as soon as somebody is found",
    where: /core\/fast\/idle-lists\.ts ConditionalExpression$/u,
    line: /place >= 0 && found === 0; place/u,
    becomes: /^true$/u,
  },
  {
    why: "For the compiler: what is looked up by a handle or an index is always there",
    where:
      /core\/fast\/(?:idle-lists|members|matching|lazy-order)\.ts (?:ConditionalExpression|UnaryOperator)$/u,
    line: /if \((?:order|queue|first|item|agent) === undefined\) (?:return|break)|\?\? -1/u,
    becomes: /^(?:false|\+1)$/u,
  },
  {
    why: "For the compiler: what is looked up by a handle or an index is always there",
    where: /core\/fast\/(?:idle-lists|members)\.ts ConditionalExpression$/u,
    line: /if \((?:agent|queue) !== undefined\) (?:agent\.idleNodes|addMember)/u,
    becomes: /^true$/u,
  },
  {
    why: "A text among numbers, which the compiler does not let be",
    where: /core\/fast\/(?:idle-lists|tenant-lists|clocks)\.ts ArrayDeclaration$/u,
    line: /\(skipped \?\?= \[\]\)|#ends: Ends\[\] = \[\]|queues: \[\], isGone/u,
  },
  {
    why: "An agent who is brought up to date once more is up to date already: it takes time",
    where: /core\/fast\/members\.ts (?:ConditionalExpression|BooleanLiteral)$/u,
    line: /if \(agent\.isStale\) return;|agent\.isStale = true;|standing === agentRows\.get|agent\.isOrderedByLoad = false;|if \(before !== after\) \{/u,
    becomes: /^(?:false|true)$/u,
  },
  {
    why: "Taken from an empty list is nothing, which ends the loop as well",
    where: /core\/fast\/members\.ts EqualityOperator$/u,
    line: /while \(staleAgents\.length > 0\)/u,
    becomes: />=/u,
  },
  {
    why: "Two bits of one class of cost more, which nobody reads, or which are not set",
    where: /core\/fast\/members\.ts EqualityOperator$/u,
    line: /index < costs\.length; index|index < free\.length; index/u,
    becomes: /<=/u,
  },
  {
    why: "Of those who are not available no bits are set, so nothing is counted",
    where: /core\/fast\/members\.ts ConditionalExpression$/u,
    line: /if \(present !== presence\.available\) return;/u,
    becomes: /^false$/u,
  },
  {
    why: "Who stands in an order without being free is taken out when they come first, and keys may be put in at any time: it takes time",
    where: new RegExp(`core/fast/members\\.ts ${conditions}$`, "u"),
    line: /order === undefined \|\| !isFree\) continue;|order\.has\(place\) && agentSelection/u,
    becomes: /^false$|&& !isFree/u,
  },
  {
    why: "To move to the end with the same idle time is to stay in place: it takes time",
    where: /core\/fast\/members\.ts ConditionalExpression$/u,
    line: /A\.idleSince\) === now\) return;/u,
    becomes: /^false$/u,
  },
  {
    why: "Only the selections above have a key of their own: no other asks",
    where: /core\/fast\/members\.ts ConditionalExpression$/u,
    line: /^\s*default:$/u,
  },
  {
    why: "More members stand in the list than need to, each of whom is asked again there: it takes time",
    where: new RegExp(`core/fast/members\\.ts ${conditions}$`, "u"),
    line: /members\.get\(member, M\.lanes\) !== 0 && fitOf/u,
    becomes: /^true$|\|\|/u,
  },
  {
    why: "Row 0 is nobody's, and what is written there is read by nobody",
    where:
      /core\/fast\/(?:members|conversation-selection|conversation-timers|ordered-lists)\.ts ConditionalExpression$/u,
    line: /if \(queue\.readyReserved !== 0\)|if \(after !== 0\) (?:members|conversations)\.set\(after|if \(queue\.live !== 0\)|if \(kept !== 0\) timers|if \((?:inner|by) !== 0\) nodes\.set/u,
    becomes: /^true$/u,
  },
  {
    why: "In whatever order they come in, they are put where they belong: the sorted way saves time",
    where: /core\/fast\/members\.ts (?:ArrowFunction|ArithmeticOperator)$/u,
    line: /const since = \(member|since\(one\) - since\(other\)/u,
  },
  {
    why: "A count that is not there is read as 0",
    where: /core\/fast\/members\.ts ArrowFunction$/u,
    line: /\.\.\.costs\.map\(\(\) => 0\)/u,
  },
  {
    why: "An order of nobody more, or room for more or fewer than there are: orders grow, and it takes memory",
    where: new RegExp(`core/fast/members\\.ts ${conditions}$`, "u"),
    line: /index < tenant\.costs\.length; index|new LazyOrder\(idle\.length > 0/u,
    becomes: /<= tenant|^true$|^false$|idle\.length [<>]=/u,
  },
  {
    why: "The long way, by a place in line and the search of all, comes to the same",
    where: /core\/fast\/matching\.ts ConditionalExpression$/u,
    line: /^\s*dirty\.length === 1 &&$|partition\.arrival !== 0 && tenant\.dirty\.length === 1\) return|queues\.length === 1\) matchOne/u,
    becomes: /^false$/u,
  },
  {
    why: "The long way, by a place in line and the search of all, comes to the same",
    where: /core\/fast\/matching\.ts ConditionalExpression$/u,
    line: /if \(!isSimple\) \{/u,
    becomes: /^true$/u,
  },
  {
    why: "A queue in which nobody waits has no candidate, and who has none is dropped as soon as they are on top: it takes time",
    where: /core\/fast\/matching\.ts ConditionalExpression$/u,
    line: /queue\.waiting === 0\) (?:return|continue);|(?:found|item)\.conversation !== 0\) siftUp|top\.conversation === before && before !== 0/u,
    becomes: /^(?:true|false)$/u,
  },
  {
    why: "Every candidate is looked for anew where only the first need be: it takes time",
    where: /core\/fast\/matching\.ts (?:ConditionalExpression|ArrowFunction|StringLiteral)$/u,
    line: /const byAge = heap\.every/u,
    becomes: /^(?:false|\(\) => undefined|"")$/u,
  },
  {
    why: "Every candidate is looked for anew where only the first need be: it takes time",
    where: /core\/fast\/matching\.ts ConditionalExpression$/u,
    line: /if \(!byAge\) findAll/u,
    becomes: /^true$/u,
  },
  {
    why: "Above the first there is nobody, so the loop ends there as well",
    where: /core\/fast\/(?:matching|slot-order)\.ts EqualityOperator$/u,
    line: /while \((?:index|at) > 0\) \{/u,
    becomes: />=/u,
  },
  {
    why: "Of two that are due at the same time either may stand above the other: only the time is asked for",
    where: /core\/fast\/slot-order\.ts EqualityOperator$/u,
    line: /\?\? 0\) <= due\) break;|\?\? 0\) >= due\) break;|< \(this\.#dues\[below\] \?\? 0\)\) \{/u,
    becomes:
      /^\(this\.#dues\[(?:above|below|below \+ 1)\] \?\? 0\) (?:<|>|<=) (?:due|\(this\.#dues\[below\] \?\? 0\))$/u,
  },
  {
    why: "The tree's shape, or whether it is asked at all, only decides how long a search takes",
    where:
      /core\/fast\/ordered-lists\.ts (?:ConditionalExpression|LogicalOperator|EqualityOperator|AssignmentOperator|BlockStatement)$/u,
    line: /for \(let step = 0; step < stepsMax|rank\(node\) < rank\(above\)|rank\(a\) < rank\(b\) \? a : b|^function rank\(/u,
  },
  {
    why: "An order that is not there is undefined, whether or not there is room for it",
    where: /core\/fast\/timing-wheel\.ts (?:ObjectLiteral|ArithmeticOperator)$/u,
    line: /readonly #orders: \(SlotOrder/u,
  },
  {
    why: "Of an empty wheel the first is never asked for: what is armed next is known to be the first",
    where: /core\/fast\/timing-wheel\.ts BooleanLiteral$/u,
    line: /^\s*#firstDueIsKnown = false;/u,
    becomes: /^true$/u,
  },
  {
    why: "Where the first is not known it is looked for: a bound may be lower, and it takes time",
    where: /core\/fast\/timing-wheel\.ts (?:ConditionalExpression|BlockStatement|BooleanLiteral)$/u,
    line: /if \(this\.#count === 0\) \{|this\.#firstDueIsKnown = true;|if \(this\.#firstDueIsKnown\)/u,
    becomes: /^(?:false|\{\})$/u,
  },
  {
    why: "Where the first is not known it is looked for: a bound may be lower, and it takes time",
    where: /core\/fast\/timing-wheel\.ts ConditionalExpression$/u,
    line: /=== this\.#firstDue\) this\.#firstDueIsKnown = false;/u,
    becomes: /^true$/u,
  },
  {
    why: "Of an empty wheel no slot is found, in which nothing is due",
    where: /core\/fast\/timing-wheel\.ts ConditionalExpression$/u,
    line: /if \(this\.#count === 0\) return Infinity;/u,
    becomes: /^false$/u,
  },
  {
    why: "Put in order by sequence more often than need be, which is the order of arming: it takes time",
    where:
      /core\/fast\/timing-wheel\.ts (?:ConditionalExpression|LogicalOperator|BooleanLiteral)$/u,
    line: /if \(this\.#outOfTurn && level === 0\)|^\s*#outOfTurn = false;/u,
    becomes: /^true$|\|\|/u,
  },
  {
    why: "What is equal may as well be set again, and no two sequences are equal",
    where: /core\/fast\/(?:timing-wheel|due-lines)\.ts EqualityOperator$/u,
    line: /due < this\.(?:#firstDue|due|bound)\)|lines\.due < limit\)|timerSequence\) [<>] |limit > this\.#time\)/u,
    becomes: /due <= (?:this|limit)|timerSequence\) [<>]= (?:timers|sequence)|limit >= this/u,
  },
  {
    why: "A shift takes its distance modulo 32",
    where: /core\/fast\/timing-wheel\.ts (?:ArithmeticOperator|EqualityOperator)$/u,
    line: /const mask = from <= 32 \?/u,
    becomes: /^from (?:\+|<) 32$/u,
  },
  {
    why: "As long as timers are in slots one is found before",
    where: /core\/fast\/timing-wheel\.ts (?:EqualityOperator|UnaryOperator)$/u,
    line: /level < levels; level|^\s*return -1;/u,
    becomes: /<=|^\+1$/u,
  },
  {
    why: "A slot may be walked or kept in order, which comes to the same: it takes time",
    where:
      /core\/fast\/timing-wheel\.ts (?:ConditionalExpression|EqualityOperator|AssignmentOperator|ArithmeticOperator)$/u,
    line: /known !== undefined\) return this\.#firstOf|walked === walkedMax\)|walked \+= 1;|order\.count > 2 \* this\.#count/u,
  },
  {
    why: "All of the slot are in its order, so it is never empty",
    where: /core\/fast\/timing-wheel\.ts ConditionalExpression$/u,
    line: /if \(timer === 0\) return due;/u,
    becomes: /^false$/u,
  },
  {
    why: "Row 0 has the sequence 0, which is before all others",
    where: /core\/fast\/timing-wheel\.ts ConditionalExpression$/u,
    line: /while \(before !== 0 && timers\.getDouble/u,
    becomes: /^true$/u,
  },
  {
    why: "Of no bits the level is 0 as well: less than a sixth, rounded towards 0",
    where: /core\/fast\/timing-wheel\.ts ConditionalExpression$/u,
    line: /return low === 0 \? 0 :/u,
    becomes: /^false$/u,
  },
  {
    why: "What no line takes stands in the wheel, from where it fires just so: it takes time",
    where: /core\/fast\/due-lines\.ts (?:BlockStatement|ConditionalExpression|EqualityOperator)$/u,
    line: /^\s*add\(timer: number, line|timerDue\) > due\) return false;/u,
    becomes: /^\{\}$|^true$|>= due$/u,
  },
  {
    why: "Beyond the end is nothing",
    where: /core\/fast\/(?:due-lines|place-set)\.ts EqualityOperator$/u,
    line: /line < lineCount; line|at >= words\.length/u,
    becomes: /<=|at > words/u,
  },
  {
    why: "The search begins behind the word of the place, so the first word is never the answer",
    where: /core\/fast\/place-set\.ts EqualityOperator$/u,
    line: /return following < 0 \?/u,
    becomes: /<= 0/u,
  },
  {
    why: "Beyond the end stands the very one that is being placed, so it ends there",
    where: /core\/fast\/slot-order\.ts EqualityOperator$/u,
    line: /below >= this\.#count\) break|below \+ 1 < this\.#count/u,
    becomes: /^below > this|^below \+ 1 <= this/u,
  },
  {
    why: "What has risen too far sinks to where it belongs: it takes time",
    where: /core\/fast\/lazy-order\.ts ConditionalExpression$/u,
    line: /if \(!this\.#goesBefore\(place, other\)\) break;/u,
    becomes: /^false$/u,
  },
  {
    why: "A step from either end that does not answer leaves it to the next, and in the end to the tree: it takes time",
    where: /core\/fast\/ordered-lists\.ts ConditionalExpression$/u,
    line: /isBefore\(before, node\)\) return fromTail|isBefore\(fromHead, node\)\) return fromHead/u,
    becomes: /^false$/u,
  },
  {
    why: "A row is reserved before it is needed: it takes memory",
    where: /core\/fast\/ordered-lists\.ts EqualityOperator$/u,
    line: /while \(this\.#reserved < node\)/u,
    becomes: /<=/u,
  },
  {
    why: "A line takes what is due in its order, the wheel all else, and both fire the same: it takes time",
    where: new RegExp(`core/fast/clocks\\.ts ${conditions}$`, "u"),
    line: /kind === kinds\.(?:forget|firstReply|presence)\) wheel\.addInLine/u,
  },
  {
    why: "What is equal may as well be set again",
    where: /core\/fast\/clocks\.ts EqualityOperator$/u,
    line: /if \(at < clock\.flipAt\)|if \(due < partition\./u,
    becomes: /<=/u,
  },
  {
    why: "The long way through the flips comes to the same where none is due",
    where: /core\/fast\/clocks\.ts ConditionalExpression$/u,
    line: /if \(clock\.flipAt <= now\) return clockTimeLater/u,
    becomes: /^true$/u,
  },
];
