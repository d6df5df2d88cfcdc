import type { Reason } from "../reasons.ts";

const forCompiler =
  "For the compiler: what is looked up by a code, a name or an index is always there";
const short = "What is put together the general way is the same event: the short way saves time";
const onlyMemory = "Only when memory is made or given back: what is kept and read is the same";
const noneIsZero = "Nothing is due, and nothing has waited since, the first instant of 1970";
const zeroRow = "Row 0 is nobody's and all zeros: without the question the answer is the same";

/** Of what is shown, remembered, and written into snapshots. */
export const snapshotReasons: readonly Reason[] = [
  {
    why: forCompiler,
    where: /core\/fast\/(?:views|snapshot-writing)\.ts (?:StringLiteral|ArrayDeclaration)$/u,
    line: /^status: presenceNames\[status\]|^return stateNames\[code\] \?\? "queued";|^return \[\.\.\.\(tenant\?\.agents\.values\(\) \?\? \[\]\)\]|^return tenant\.names\.texts\[name\] \?\? ""/u,
  },
  {
    why: "Handed to nobody: an unknown tenant has no conversation, and of conversation 0 there is nothing",
    where: /core\/fast\/views\.ts ConditionalExpression$/u,
    line: /^const conversation = tenant === undefined \? 0 :|^if \(tenant === undefined \|\| conversation === 0\) return undefined;$|^if \(conversation === 0\) return undefined;$/u,
    becomes: /^false$/u,
  },
  {
    why: "A field that is undefined is none: JSON and every reader take it so",
    where: /core\/fast\/views\.ts ConditionalExpression$/u,
    line: /^\.\.\.\((?:address|customerId|settings\.name|reason) === undefined \? \{\} :|^\.\.\.\(lastAgent === undefined \|\|/u,
    becomes: /^false$/u,
  },
  {
    why: noneIsZero,
    where: /core\/fast\/(?:views|snapshot-writing|matching)\.ts EqualityOperator$/u,
    line: /\((?:age|expiresAt) < 0 \? \{\}|expiresAt: expiresAt < 0 \?|lastMessageAt\(customer\) < 0 \?|D\.age\) < 0 \?|= age < 0 \? 0|^if \(age >= 0 && \(oldestAge === undefined/u,
    becomes: /<= 0|age > 0/u,
  },
  {
    why: "Of two that have waited for as long either is the oldest: only the age is shown",
    where: /core\/fast\/views\.ts EqualityOperator$/u,
    line: /^if \(age >= 0 && \(oldestAge === undefined \|\| age < oldestAge\)\)/u,
    becomes: /^age <= oldestAge$/u,
  },
  {
    why: short,
    where:
      /core\/fast\/frequent-events\.ts (?:ConditionalExpression|LogicalOperator|EqualityOperator)$/u,
    line: /^if \(note === undefined && who [!=]== undefined && from|^if \(agent !== undefined && tag === undefined && inReplyTo !== 0\)/u,
    becomes: /^false$/u,
  },
  {
    why: onlyMemory,
    where:
      /core\/fast\/id-log\.ts (?:ConditionalExpression|ArithmeticOperator|LogicalOperator|AssignmentOperator)$/u,
    line: /^if \(next >> stretchBits !== this\.#firstStretch\) this\.#giveFirst|^this\.#placeCount \+= 1;$/u,
    becomes: /^false$/u,
  },
  {
    why: "An agent that is undefined is none: a bot's event, made the short way, is the same",
    where: /core\/fast\/frequent-events\.ts EqualityOperator$/u,
    line: /^if \(agent !== undefined && tag === undefined && inReplyTo !== 0\)/u,
    becomes: /^agent === undefined$/u,
  },
  {
    why: "Places are only compared with each other",
    where: /core\/fast\/id-log\.ts ConditionalExpression$/u,
    line: /^return placeA === placeB \? a < b/u,
    becomes: /^true$/u,
  },
  {
    why: zeroRow,
    where: /core\/fast\/(?:customers|deduplication)\.ts ConditionalExpression$/u,
    line: /^if \(first === 0\) return;$|^if \(address === undefined\) return;$|^if \(first !== 0\) this\.#dropPerson/u,
  },
  {
    why: "The text begins empty: what is added to it first is that alone",
    where: /core\/fast\/text-arena\.ts ConditionalExpression$/u,
    line: /^text = from === 0 \? part : text \+ part;$/u,
    becomes: /^false$/u,
  },
  {
    why: "16 divided by 0 is Infinity, and to shift by that is to shift by nothing",
    where: /core\/fast\/text-arena\.ts ArithmeticOperator$/u,
    line: /^\? \(\(this\.#words\[at \+ 1 \+ \(unit >> 1\)\]/u,
    becomes: /^16 \/ \(unit & 1\)$/u,
  },
  {
    why: "Behind the last unit of a text comes none: its code is NaN, which is 0 among bits",
    where: /core\/fast\/text-arena\.ts ArithmeticOperator$/u,
    line: /^const second = index \+ 1 < length/u,
    becomes: /^index - 1$/u,
  },
  {
    why: "The scratch grows sooner than it must: only time",
    where: /core\/fast\/text-arena\.ts EqualityOperator$/u,
    line: /^if \(words > this\.#scratch\.length\)/u,
    becomes: />= this/u,
  },
  {
    why: "The questions that tell these events apart overlap: a note has an author, whoever has neither note nor author has no agent without a state before, and what is left falls through to the general way, which makes the same event",
    where: /core\/fast\/frequent-events\.ts (?:ConditionalExpression|EqualityOperator)$/u,
    line: /^if \(note === undefined && who [!=]== undefined && from/u,
    becomes: /^true$|!== undefined|=== undefined/u,
  },
  {
    why: "Only an agent answers a message, so where there is no answered message there is no agent's event of this form",
    where: /core\/fast\/frequent-events\.ts ConditionalExpression$/u,
    line: /^if \(agent !== undefined && tag === undefined && inReplyTo !== 0\)/u,
    becomes: /^true$/u,
  },
  {
    why: "Of what is gone nothing is asked any more but whether it is gone",
    where: /core\/fast\/id-log\.ts LogicalOperator$/u,
    line: /^words\[place \+ head\] = \(words\[place \+ head\] \?\? 0\) \| gone;$/u,
  },
  {
    why: "Entry 0 is none, and not gone",
    where: /core\/fast\/id-log\.ts ConditionalExpression$/u,
    line: /^while \((?:next|entry) !== 0 && this\.isGone/u,
    becomes: /^true$/u,
  },
  {
    why: "Tables grow by themselves: it takes time",
    where: /core\/fast\/snapshot-reading\.ts BlockStatement$/u,
    line: /^function makeRoom\(/u,
  },
  {
    why: "A count below 0 comes by the same multiples",
    where: /core\/fast\/snapshot-reading\.ts AssignmentOperator$/u,
    line: /count \+= 1(?:;$|\) \{$)/u,
    becomes: /count -= 1/u,
  },
  {
    why: "Emptied with each tenant, before anything is put into it",
    where: /core\/fast\/snapshot-reading\.ts ArrayDeclaration$/u,
    line: /^open: \{ conversations: \[\], customers: \[\] \},$/u,
  },
  {
    why: "A last agent that is none was last at instant 0, before any",
    where: /core\/fast\/customers\.ts ConditionalExpression$/u,
    line: /^this\.lastAgent\(moves\) !== 0 &&$|^\(this\.lastAgent\(stays\) === 0 \|\|/u,
    becomes: /^(?:true|false)$/u,
  },
  {
    why: "Asked only of customers who have an id",
    where: /core\/fast\/customers\.ts ConditionalExpression$/u,
    line: /^return id === undefined \? 0 : this\.findPerson/u,
    becomes: /^false$/u,
  },
  {
    why: "Whoever is put among the idle was taken out before, and has an address: the question guards what does not happen",
    where: /core\/fast\/customers\.ts (?:ConditionalExpression|LogicalOperator)$/u,
    line: /^if \(this\.rows\.get\(row, isIdle\) !== 0 \|\| this\.rows\.get\(row, idText\) === 0\) return;$/u,
    becomes: /^false$|&&/u,
  },
  {
    why: "An id's channel is of one tenant, as is the conversation that it was remembered with",
    where: /core\/fast\/remembered-writes\.ts ConditionalExpression$/u,
    line: /^if \(conversation !== 0 && tenantOf/u,
    becomes: /^true$/u,
  },
  {
    why: "For the compiler: the name of a channel keeps its tenant",
    where: /core\/fast\/remembered-writes\.ts ConditionalExpression$/u,
    line: /^if \(tenant === undefined\) return false;$/u,
    becomes: /^false$/u,
  },
  {
    why: "A reason that is undefined is as good as none",
    where: /core\/fast\/restoring-configuration\.ts ConditionalExpression$/u,
    line: /^agent\.presenceReason = saved\.presenceReason === undefined \?/u,
    becomes: /^false$/u,
  },
  {
    why: "Row 0 is nobody's and all zeros, so the walk ends before it begins",
    where: /core\/fast\/restoring-timers\.ts ConditionalExpression$/u,
    line: /^while \(last !== 0 && nextPassOver/u,
    becomes: /^true$/u,
  },
  {
    why: "Agents are brought up to date once more than they need be: it takes time",
    where: /core\/fast\/snapshot-reading\.ts BooleanLiteral$/u,
    line: /^partition\.rebuilding = true;$/u,
  },
  {
    why: "Whoever waits has an age",
    where: /core\/fast\/views\.ts ConditionalExpression$/u,
    line: /^if \(age >= 0 && \(oldestAge === undefined \|\| age < oldestAge\)\)/u,
    becomes: /^true$/u,
  },
  {
    why: "Whoever has units enough for it, and may have it, has it: nobody like that is left to be asked",
    where: /core\/fast\/views\.ts (?:ConditionalExpression|EqualityOperator)$/u,
    line: /^freeUnits\(agent\) < costOf\(partition, conversation\) &&$/u,
    becomes: /^true$|<=/u,
  },
  {
    why: "Only what is closed is to be forgotten, and of that no deadline is shown",
    where: /core\/fast\/views\.ts ConditionalExpression$/u,
    line: /^if \(code === kind\.forget \|\| code === kind\.replyWindow\) continue;$/u,
    becomes: /^false$/u,
  },
  {
    why: "Where a text is cut into pieces is not seen in them together",
    where: /core\/record-lines\.ts (?:AssignmentOperator|ConditionalExpression|EqualityOperator)$/u,
    line: /^this\.#length \+= line\.length;$|^if \(this\.#length >= pieceLength\) this\.#encode\(\);$|^const end = next < 0 \?/u,
  },
  {
    why: "Noticed by record-lines.test.ts, whose texts are so long that it is not among the tests played",
    where: /core\/record-lines\.ts (?:AssignmentOperator|ConditionalExpression|ArrayDeclaration)$/u,
    line: /^at \+= piece\.length;$|^if \(this\.#lines\.length === 0\) return;$|^this\.#pieces\.push\(encodeUtf8|^this\.#lines = \[\];$/u,
  },
  {
    why: "A snapshot of this format is written anew to the same bytes: it takes time",
    where: /core\/snapshot-decoding\.ts ConditionalExpression$/u,
    line: /^if \(isCurrent\(bytes\)\) return bytes;$/u,
    becomes: /^false$/u,
  },
  {
    why: "Counts that only make room, of a snapshot in the format before",
    where: /core\/snapshot-decoding\.ts ObjectLiteral$/u,
    line: /^const unknown = \{ customers: 0/u,
  },
  {
    why: "Said by the record of the tenant, which comes before all that is asked of it",
    where: /core\/snapshot-decoding\.ts StringLiteral$/u,
    line: /^#tenant = "";$/u,
  },
  {
    why: "What is noted under no number is asked for by none",
    where:
      /core\/(?:snapshot-decoding|snapshot-encoding)\.ts (?:ConditionalExpression|LogicalOperator)$/u,
    line: /^if \(open !== undefined(?: && address !== undefined)?\) this\.#open\.set/u,
    becomes: /^true$|\|\|/u,
  },
  {
    why: "Whose conversation is open has that one open, and nobody has a closed one open: either question alone tells",
    where:
      /core\/(?:snapshot-encoding|fast\/snapshot-writing)\.ts (?:ConditionalExpression|LogicalOperator|StringLiteral|BlockStatement)$/u,
    line: /^const hasItOpen = |^const isOpen = |^function key\(channel: string|^return `\$\{channel\}\\n\$\{address\}`;$/u,
  },
  {
    why: "For the compiler: each calendar has its clock, and only who is known by an address is written",
    where: /core\/fast\/snapshot-writing\.ts ConditionalExpression$/u,
    line: /^if \(clock === undefined\) continue;$|^if \(!customers\.hasAddress\(customer\)\) return;$/u,
    becomes: /^false$/u,
  },
  {
    why: "Where a snapshot is cut into pieces, and when room is made, is not seen in what was written",
    where: /core\/snapshot-format\.ts (?:ConditionalExpression|EqualityOperator)$/u,
    line: /^if \(this\.#size >= pieceBytes\) this\.#flush\(\);$|^if \(this\.#size === this\.#bytes\.length\) this\.#reserve\(1\);$|^if \(needed <= this\.#bytes\.length\) return;$/u,
    becomes: /^true$|^false$|[<>] pieceBytes|needed < this/u,
  },
  {
    why: "The long way writes a short number as the same byte",
    where: /core\/snapshot-format\.ts ConditionalExpression$/u,
    line: /^if \(value < 0x80\) this\.byte\(value\);$/u,
    becomes: /^false$/u,
  },
  {
    why: "Minus 0 is 0 among bits, and at the bound both ways write the same",
    where: /core\/snapshot-format\.ts EqualityOperator$/u,
    line: /^const size = distance < 0 \?|^while \(rest >= 0x8000_0000\) \{$/u,
    becomes: /distance <= 0|rest > 0x8000_0000/u,
  },
  {
    why: "Behind the last unit comes none, whose code is above nothing; a byte too many is overwritten by the next, or beyond the array",
    where: /core\/snapshot-format\.ts EqualityOperator$/u,
    line: /^for \(let index = 0; index < (?:length && !isWide|count); index \+= 1\) \{$/u,
    becomes: /index <= /u,
  },
  {
    why: "Counts only make room, which a record that comes makes by itself; that there are more of them than bytes is what nobody wrote",
    where: /core\/snapshot-format\.ts (?:MethodExpression|ObjectLiteral)$/u,
    line: /^assert\(Math\.max\(\.\.\.counts\) <=|^return \{ customers, conversations, timers, ids \};$/u,
  },
  {
    why: "A piece of more units is read as well",
    where: /core\/snapshot-format\.ts (?:ConditionalExpression|EqualityOperator)$/u,
    line: /^for \(; this\.#at < end && units\.length < 500;/u,
    becomes: /^true$|<= 500/u,
  },
  {
    why: "What ends too soon is missed by the next byte, with the same error",
    where: /core\/snapshot-format\.ts ArithmeticOperator$/u,
    line: /^assert\(bytesOfText\(head\) <= this\.#bytes\.length - this\.#at/u,
    becomes: /\+ this/u,
  },
  {
    why: "No list has undefined: its place is −1, and one more is 0",
    where: /core\/snapshot-words\.ts ConditionalExpression$/u,
    line: /^return word === undefined \? 0 :/u,
    becomes: /^false$/u,
  },
];
