import type { Reason } from "../reasons.ts";

/** Of bytes, texts, tables, snapshots and what events and answers are made of. */
export const tableReasons: readonly Reason[] = [
  {
    why: "The name or the words of an error: its class is what is acted upon",
    where: /core\/(?:bytes|codec)\.ts StringLiteral$/u,
    line: /new (?:MalformedBytes|RangeError)\(|override readonly name/u,
  },
  {
    why: "What ends too soon is missed by the next byte, with the same error",
    where: /core\/(?:bytes|codec)\.ts ConditionalExpression$/u,
    line: /(?:length|count) > .*remaining\) throw/u,
    becomes: /^false$/u,
  },
  {
    why: "Only how much room is made at once, and when: what is written is the same",
    where: /core\/bytes\.ts (?:EqualityOperator|ArithmeticOperator)$/u,
    line: /needed <= this\.#bytes\.length|new Uint8Array\(Math\.max\(needed/u,
  },
  {
    why: "At the bound both ways of writing and reading a number or a text come to the same bytes",
    where: /core\/bytes\.ts (?:EqualityOperator|ConditionalExpression)$/u,
    line: /rest >= 0x8000_0000|length === value\.length\) this\.#ascii|lead < 0x80\)/u,
  },
  {
    why: "A piece of one unit more is read as well",
    where: /core\/bytes\.ts EqualityOperator$/u,
    line: /units\.length < 500/u,
    becomes: /<= 500/u,
  },
  {
    why: "A pair that is measured unit by unit has four bytes as well: two for each, and its second unit is no first one",
    where: /core\/bytes\.ts BlockStatement$/u,
    line: /isPair\(value, index, unit\)/u,
  },
  {
    why: "Only how much memory is shared, kept at hand or given back",
    where: /core\/(?:codec|snapshot-encoding)\.ts MethodExpression$/u,
    line: /commandBytes\(command\)\.slice\(\)|pieces\.push\(piece\.slice\(\)\)/u,
  },
  {
    why: "Room for what is to come is only made sooner: tables grow by themselves",
    where:
      /core\/fast\/(?:customers|deduplication|id-table|number-table|table|hash-slots)\.ts (?:BlockStatement|ArithmeticOperator|ConditionalExpression|EqualityOperator)$/u,
    line: /^reserve\(|roomFor\(this\.#slots|isFull\(larger, count\)|needed > this\.#capacity|const needed = |count \* 3 > slots\.length/u,
  },
  {
    why: "A slot beyond the last is none, and none is put anywhere by its row of zeros",
    where: /core\/fast\/hash-slots\.ts (?:EqualityOperator|ConditionalExpression)$/u,
    line: /at < slots\.length; at \+= 2|if \(row !== 0\) put\(larger/u,
  },
  {
    why: "The hash is compared so that the row need not be read: the number or text decides",
    where: /core\/fast\/(?:number-table|id-table|deduplication)\.ts ConditionalExpression$/u,
    line: /slots\[at \+ 1\] [!=]== hash/u,
    becomes: /^(?:true|false)$/u,
  },
  {
    why: "Scope is part of the hash: another scope's text has another one",
    where: /core\/fast\/(?:id-table|deduplication)\.ts (?:ConditionalExpression|LogicalOperator)$/u,
    line: /idScope\) === scope|scopeOf\(entry\) !== scope|slots\[at \+ 1\] === hash &&/u,
  },
  {
    why: "Node and row 0 are zeros: without the question the answer is the same",
    where: /core\/fast\/number-lists\.ts ConditionalExpression$/u,
    line: /if \(node === 0\) return 0|node === 0 \? 0/u,
    becomes: /^false$/u,
  },
  {
    why: "Nodes that are not given back take memory only",
    where: /core\/fast\/number-lists\.ts ConditionalExpression$/u,
    line: /while \(node !== 0\)/u,
    becomes: /^false$/u,
  },
  {
    why: "Head is 0: to add it and to take it away comes to the same",
    where: /core\/fast\/id-log\.ts ArithmeticOperator$/u,
    line: /\bhead\b/u,
    becomes: /- head$/u,
  },
  {
    why: "What stands for no stretch is never read: whoever asks has asked whether there is one",
    where: /core\/fast\/id-log\.ts ArrayDeclaration$/u,
    line: /#(?:ends|behind|places): number\[\] = \[0\]/u,
  },
  {
    why: "Which stretch an entry begins, and which is kept at hand: only memory",
    where: /core\/fast\/id-log\.ts (?:ConditionalExpression|EqualityOperator|OptionalChaining)$/u,
    line: /this\.#lastStretch === 0 \|\| end \+ size|isOrdinary && this\.#spare|words\?\.length === stretchWords|const isOrdinary = |if \(isOrdinary\) this/u,
    becomes: /^true$|end \+ size >= |words < stretchWords|words\?\.length !== |^words\.length/u,
  },
  {
    why: "Which stretch is kept at hand for the next: only memory",
    where: /core\/fast\/id-log\.ts ConditionalExpression$/u,
    line: /isOrdinary && this\.#spare|words\?\.length === stretchWords/u,
    becomes: /^false$/u,
  },
  {
    why: "To advance where the first is not gone changes nothing",
    where: /core\/fast\/id-log\.ts ConditionalExpression$/u,
    line: /if \(entry === this\.#first\) this\.#advance\(\)/u,
    becomes: /^true$/u,
  },
  {
    why: "No entry is asked whether it comes before itself",
    where: /core\/fast\/id-log\.ts EqualityOperator$/u,
    line: /placeA === placeB \? a < b/u,
    becomes: /<=/u,
  },
  {
    why: "Only when a log is written anew, to give room back: nothing of it is seen",
    where:
      /core\/fast\/deduplication\.ts (?:BlockStatement|ConditionalExpression|EqualityOperator|ArithmeticOperator)$/u,
    line: /^tidy\(\)|goneCount <= goneMax/u,
  },
  {
    why: "Only how much of it is used before the scratch or the arena grows, or a list is kept at hand",
    where:
      /core\/fast\/text-arena\.ts (?:ConditionalExpression|EqualityOperator|ArithmeticOperator|ArrayDeclaration|ArrowFunction)$/u,
    line: /length \* 2 \+ 8 > .*new Int32Array\(length\)|#free: number|#units: |known !== undefined\) return known|Array\.from\(\{ length \}|this\.#size > this\.#words\.length|this\.#free\.length <= count/u,
  },
  {
    why: "The scratch grows sooner than it must: only time",
    where: /core\/fast\/text-arena\.ts (?:ConditionalExpression|EqualityOperator)$/u,
    line: /(?:words|count) > this\.#scratch\.length/u,
    becomes: /^true$|>=/u,
  },
  {
    why: "What was freed is not taken again: only memory",
    where: /core\/fast\/text-arena\.ts (?:ConditionalExpression|BlockStatement|LogicalOperator)$/u,
    line: /if \(free !== 0\)|^free\(at: number\)|this\.#free\[count\]/u,
  },
  {
    why: "One word more is beyond the text, or beyond the array, and is read by nobody",
    where: /core\/fast\/(?:text-arena|explanations)\.ts EqualityOperator$/u,
    line: /index < (?:count|this\.#scratchWords|rowWidth|codeCount|namedCount|length)|from < length/u,
    becomes: /<=/u,
  },
  {
    why: "Behind the last unit of a text comes none: its code is NaN, which is 0 among bits",
    where: /core\/fast\/text-arena\.ts (?:ConditionalExpression|EqualityOperator)$/u,
    line: /index \+ 1 < length \? text\.charCodeAt/u,
  },
  {
    why: "A narrow text would be one of wide units: the same text, in more memory",
    where: /core\/fast\/text-arena\.ts EqualityOperator$/u,
    line: /unit > 0xff/u,
    becomes: />= 0xff/u,
  },
  {
    why: "What is put together the general way is the same event: the short way saves time",
    where:
      /core\/fast\/frequent-events\.ts (?:ConditionalExpression|BlockStatement|EqualityOperator|LogicalOperator)$/u,
    line: /if \(note === undefined && who|if \(agent !== undefined && tag === undefined && inReplyTo/u,
    becomes: /^false$|^\{\}$|^inReplyTo === 0$/u,
  },
  {
    why: "A field that is undefined is none: JSON and every reader take it so",
    where: /core\/fast\/(?:frequent-events|outcome|event-objects)\.ts ConditionalExpression$/u,
    line: /=== undefined \? \{\} : \{|if \(customerId !== undefined\)|return unansweredFrom === 0|return agent === undefined/u,
  },
  {
    why: "Only this command can have caused such an event: the question is for the compiler",
    where: /core\/fast\/frequent-events\.ts ConditionalExpression$/u,
    line: /return command\.type === /u,
    becomes: /^true$/u,
  },
  {
    why: "A branch whose end answers undefined as well, or falls into the one behind it that says the same",
    where:
      /core\/(?:fast\/(?:frequent-events|event-objects)|snapshot-encoding)\.ts ConditionalExpression$/u,
    line: /^default:$|^case "(?:reservationEnded|tenant)":$/u,
  },
  {
    why: "Row 0 has no customer id, state 0 is none, and no command without a note has one",
    where:
      /core\/fast\/frequent-events\.ts (?:ConditionalExpression|EqualityOperator|LogicalOperator)$/u,
    line: /const customerId = named === 0|const from = number\(said, 0\) < 0|const note = cause >= by\.noted/u,
  },
  {
    why: "What stands for a number, a text or a word that is always there: for the compiler",
    where:
      /core\/(?:fast\/(?:event-objects|codes|outcome|remembered-writes)|snapshot-decoding)\.ts (?:StringLiteral|UnaryOperator|BooleanLiteral)$/u,
    line: /\?\? ""|\?\? "[a-z]+"|\?\? -1|if \(tenant === undefined\) return false/u,
  },
  {
    why: "Which command it is: a name for the compiler alone",
    where: /core\/fast\/event-objects\.ts StringLiteral$/u,
    line: /as\(command, "/u,
  },
  {
    why: "Nothing is due, and nothing has waited since, the first instant of 1970",
    where: /core\/fast\/(?:event-objects|explanations)\.ts EqualityOperator$/u,
    line: /if \(dueAt >= 0\)|age < 0 \? 0/u,
  },
  {
    why: "A bot speaks in offline conversations only",
    where: /core\/fast\/event-objects\.ts ConditionalExpression$/u,
    line: /template: false, content/u,
    becomes: /^true$/u,
  },
  {
    why: "Agents are named until the eighth, codes until the last: to go on to the end of the queue finds nothing more",
    where:
      /core\/fast\/explanations\.ts (?:ConditionalExpression|LogicalOperator|EqualityOperator|AssignmentOperator|ArithmeticOperator)$/u,
    line: /codesLeft|seen === passed|seen \+= 1|const passed = queue\.members\.length|if \(passed > 0\) nameAgents/u,
    becomes:
      /^false$|^true$|^seen -= 1$|codesLeft [+-]= 1|&&|\+ \(explained|passed >= 0|code <= counts|code >= counts|>= 0$/u,
  },
  {
    why: "Member 0 is nobody, who fits nothing and is offline",
    where: /core\/fast\/explanations\.ts ConditionalExpression$/u,
    line: /member !== 0/u,
    becomes: /^true$/u,
  },
  {
    why: "For the compiler: what was packed is a code, and an agent there is",
    where: /core\/fast\/explanations\.ts (?:ConditionalExpression|LogicalOperator)$/u,
    line: /if \(code !== undefined/u,
  },
  {
    why: "Called by the simulator and by benchmarks, not by tests of core",
    where:
      /core\/fast\/interned-engine\.ts (?:BlockStatement|ConditionalExpression|EqualityOperator)$/u,
    line: /^(?:counts|customer|ownerOf|setAvailable)\(|known === 0 \? customers\.addSought/u,
  },
  {
    why: "A deadline looked for although none is before the limit is beyond it as well: only time",
    where: /core\/fast\/interned-engine\.ts ConditionalExpression$/u,
    line: /limit < partition\.nothingBefore|return at <= limit \? at : Infinity/u,
  },
  {
    why: "A rejection is the only object with that status; the other questions are for the compiler",
    where:
      /core\/fast\/interned-engine\.ts (?:ConditionalExpression|LogicalOperator|StringLiteral|ArrayDeclaration)$/u,
    line: /typeof result === |const result = applyNow\(/u,
  },
  {
    why: "The address is only kept at hand for the next question; it is read from its text otherwise",
    where:
      /core\/fast\/customers\.ts (?:ConditionalExpression|EqualityOperator|LogicalOperator|BooleanLiteral)$/u,
    line: /#noteRecent\(|row === this\.#recent/u,
    becomes: /^(?:false|true|row [!=]== .*)$/u,
  },
  {
    why: "A row or text that is not given back takes memory only, and the text of none is none",
    where:
      /core\/fast\/customers\.ts (?:BlockStatement|ArithmeticOperator|ConditionalExpression|EqualityOperator)$/u,
    line: /^unrefer\(|references\) - 1|^#release\(|references\) > 0|if \(text !== 0\) this\.#texts\.free/u,
  },
  {
    why: "Nothing has been counted under tenant 0, and a tenant that has none yet has 0",
    where: /core\/fast\/customers\.ts (?:ArrayDeclaration|LogicalOperator)$/u,
    line: /#counts/u,
  },
  {
    why: "A conversation's row is guessed from the one before; looked up by its number it is the same",
    where:
      /core\/fast\/restoring-timers\.ts (?:ArithmeticOperator|ConditionalExpression|EqualityOperator|LogicalOperator)$/u,
    line: /const guess = |const isThere = |isThere && conversations/u,
  },
  {
    why: "The next is nearly always the one; looked for among all it is the same",
    where:
      /core\/fast\/restoring-conversations\.ts (?:ConditionalExpression|EqualityOperator|ArithmeticOperator|LogicalOperator|AssignmentOperator)$/u,
    line: /while \(\(conversations\[place\]|if \(conversations\[place\] !== conversation\)|reading\.openBehind = /u,
  },
  {
    why: "For the compiler: such a timer always has its agent",
    where: /core\/fast\/restoring-timers\.ts (?:ConditionalExpression|OptionalChaining)$/u,
    line: /if \(agent !== undefined\)|agent\?\.handle|queue\?\.allowances/u,
    becomes: /^true$|^[^?]*$/u,
  },
  {
    why: "The case behind it would do the same for a timer that has no conversation",
    where: /core\/fast\/restoring-timers\.ts ConditionalExpression$/u,
    line: /^case kind\.presence:$/u,
  },
  {
    why: "An entry that is none was accepted at 0, which is long ago",
    where: /core\/fast\/remembered-writes\.ts ConditionalExpression$/u,
    line: /if \(first === 0 \|\| !isCurrent/u,
    becomes: /^false$/u,
  },
  {
    why: "The outcome put together the general way is the same",
    where:
      /core\/fast\/outcome\.ts (?:ConditionalExpression|EqualityOperator|BlockStatement|LogicalOperator)$/u,
    line: /if \(duplicateOf === undefined && reason !== undefined\)/u,
    becomes: /^false$|^\{\}$|reason === undefined|^true$/u,
  },
];
