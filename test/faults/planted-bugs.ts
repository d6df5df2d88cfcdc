/** A bug to be planted: in a copy of a file, each text is replaced by another. */
export interface PlantedBug {
  readonly name: string;
  readonly file: string;
  readonly edits: readonly (readonly [from: string, to: string])[];
}

/** Known ways to get it wrong, each of which the fault simulation has to notice. */
export const plantedBugs: readonly PlantedBug[] = [
  bug("answered before it is durable", "worker/journal/segments.ts", [
    "    syncOnce(() => this.#disk.sync(this.#active));\n",
    "",
  ]),
  bug("a failed sync is tried again", "worker/journal/durable-change.ts", [
    "  } catch (error) {\n    throw poisoned(error);\n  }",
    "  } catch {\n    sync();\n  }",
  ]),
  bug("a failed append is not cut off", "worker/journal/segments.ts", [
    "        this.#disk.truncate(this.#active, offset);\n",
    "",
  ]),
  bug("a failed append is cut off, but not for good", "worker/journal/segments.ts", [
    "        this.#disk.sync(this.#active);\n",
    "",
  ]),
  bug("a torn record is taken for a whole one", "worker/journal/segment-reader.ts", [
    "    if (crc32(payload) !== header.commandsChecksum) {",
    "    if (crc32(payload) < 0) {",
  ]),
  bug("the last record is not written again at a start", "worker/journal/segments.ts", [
    "    disk.write(file, unsyncedFrom, record);\n",
    "",
  ]),
  bug("a batch of an older epoch overtakes", "worker/journal/segments.ts", [
    "    if (epoch < this.#end.epoch) {",
    "    if (epoch < 0) {",
  ]),
  bug("recovery leaves out the first batch behind the snapshot", "worker/journal/recovery.ts", [
    "journal.read((snapshot?.index ?? 0) + 1)",
    "journal.read((snapshot?.index ?? 0) + (snapshot === undefined ? 1 : 2))",
  ]),
  bug("the name of a new segment is not made durable", "worker/journal/segment-file.ts", [
    "      disk.sync(file);\n      disk.syncDirectory();\n    });",
    "      disk.sync(file);\n    });",
  ]),
  bug(
    "the journal is trimmed before the store is durable",
    "worker/shards/partition.ts",
    [
      "    this.#withStore(() => this.#store.sync());\n    this.#journal.trim(upTo);",
      "    this.#journal.trim(upTo);",
    ],
    [
      "  seal(): void {\n    this.#withStore(() => this.#store.sync());",
      "  seal(): void {\n    this.#withStore(() => this.#store.settle());",
    ],
  ),
  bug("a tick at its deadline is taken for idle", "worker/shards/partition.ts", [
    "nextDeadlineAt() ?? Infinity) > command.at",
    "nextDeadlineAt() ?? Infinity) >= command.at",
  ]),
  bug("the store passes over the first batch that it lacks", "worker/store/store.ts", [
    "if (batch <= this.#settledBatch) return [];",
    "if (batch <= this.#settledBatch + (this.#settledBatch > 0 ? 1 : 0)) return [];",
  ]),
  bug("the store says that it has one batch more", "worker/store/store.ts", [
    '"UPDATE progress SET batch = ?").run(this.#notedBatch)',
    '"UPDATE progress SET batch = ?").run(this.#notedBatch + 1)',
  ]),
  bug("the store says how far it is before it is", "worker/store/store.ts", [
    '      this.#writeUntil(Infinity);\n      this.#prepare("UPDATE progress SET batch = ?").run(this.#notedBatch);\n',
    '      this.#prepare("UPDATE progress SET batch = ?").run(this.#notedBatch);\n' +
      '      this.#database.exec("COMMIT; BEGIN IMMEDIATE");\n      this.#writeUntil(Infinity);\n',
  ]),
  bug("a row leaves the outbox before it is delivered", "worker/store/entry-rows.ts", [
    "AND delivery = 'pending'\n           AND conversation NOT IN",
    "AND delivery = 'pending' AND sequence % 5 > 0\n           AND conversation NOT IN",
  ]),
  bug("the outbox gives the newest entry first", "worker/store/entry-rows.ts", [
    "AND earlier.sequence < entry.sequence",
    "AND earlier.sequence > entry.sequence",
  ]),
  bug("agents' messages are withdrawn with the prompts", "worker/store/entry-rows.ts", [
    "AND kind IN ('prompt', 'auto-reply') AND delivery",
    "AND delivery",
  ]),
  bug("a push that nobody answered is noted as sent", "worker/delivery/push-request.ts", [
    'return { kind: "failed", reason: "push_timed_out" };',
    'return { kind: "sent" };',
  ]),
  bug("a push that failed is noted as sent", "worker/delivery/push-lane.ts", [
    "await this.#tryLater(waiting, outcome);",
    'await this.#record(waiting, { status: "sent" });',
  ]),
  bug("a push is not tried again", "worker/delivery/push-lane.ts", [
    "      this.#putOff(next, trouble.retryAfterMs ?? 0);\n",
    "      this.#putOff(next, Infinity);\n",
  ]),
  bug("a bot's calls are forgotten over a crash", "worker/delivery/delivery.ts", [
    "    push.look();\n    chatbots.look();\n",
    "    push.look();\n",
  ]),
  bug("no bot is looked for when partitions came back", "worker/delivery/delivery.ts", [
    "routing.onRecovery(look)",
    "routing.onRecovery(() => undefined)",
  ]),
  bug("a bot's time is over a millisecond early", "worker/delivery/bot-request.ts", [
    "timeoutMs: limits.botTimeoutMs,",
    "timeoutMs: limits.botTimeoutMs - 1,",
  ]),
  bug("a bot that nobody can reach is said to be silent", "worker/delivery/bot-request.ts", [
    'reason: "bot_unreachable", detail: outcome.error',
    'reason: "bot_silent", detail: outcome.error',
  ]),
  bug("a bot's answer is given up when routing is away", "worker/delivery/bot-lane.ts", [
    "const result = await submitPatiently(this.#context, {",
    "const result = await this.#context.routing.submit({",
  ]),
  bug("a bot is asked what nobody waits for", "worker/shards/partition-queries.ts", [
    "  if (engine.botMessage(tenant, conversation) !== message) return undefined;\n",
    "",
  ]),
  bug("a call of a bot is made again while it is under way", "worker/delivery/chatbots.ts", [
    "if (this.#context.stopping.aborted || this.#isUnderWay(call)) return;",
    "if (this.#context.stopping.aborted) return;",
  ]),
  bug("a bot that had too many calls is not asked the rest", "worker/delivery/bot-lane.ts", [
    "    this.#onRoom();\n",
    "",
  ]),
  bug("half an answer of a bot counts as nothing said", "worker/delivery/bot-request.ts", [
    "      return readAnswer(response, limits.botAnswerBytesMax);",
    '      return { kind: "answered", answer: {} };',
  ]),
  bug("a bot's late answer counts", "core/fast/actions.ts", [
    "  const isCalling = calling !== 0 && calling === command.message;\n",
    "  const isCalling = calling !== 0;\n",
  ]),
  bug("a bot hands off what people have already", "core/fast/actions.ts", [
    "  return stateOf(partition, conversation) === state.withBot && isCalling",
    "  return isCalling || stateOf(partition, conversation) === state.queued",
  ]),
  bug("a bot's time for an answer is a millisecond short", "core/fast/bot.ts", [
    "const botAnswerMs = 30_000;",
    "const botAnswerMs = 29_999;",
  ]),
  bug(
    "a bot has its time from its last message",
    "core/fast/bot.ts",
    [
      "  if (timerOf(partition, conversation, kind.botAnswer) === 0) {\n    arm(partition, conversation, kind.botAnswer, botAnswerMs);\n  }\n",
      "  disarm(partition, conversation, kind.botAnswer);\n  arm(partition, conversation, kind.botAnswer, botAnswerMs);\n",
    ],
    ["import { arm, timerOf }", "import { arm, disarm }"],
  ),
  bug("nobody is told that a thread's partitions came back", "worker/shards/shard-host.ts", [
    "    this.#options.onRecovery();\n",
    "",
  ]),
  bug("who waits for a thread's answer is forgotten with it", "worker/shards/batch-run.ts", [
    '    refuseAll(letters, "shard_restarting", "the thread died over the batch");\n',
    "",
  ]),
  bug("what waits overtakes what a thread lost", "worker/shards/shard-host.ts", [
    '    this.#refuseAll("shard_restarting", "the thread of this partition died");\n',
    "",
  ]),
  bug("a thread's answers are taken for each other's", "worker/shards/batch-run.ts", [
    "const result = outcome.results[index];",
    "const result = outcome.results[Math.max(0, index - 1)];",
  ]),
  bug("a thread reads what its store does not have yet", "worker/shards/partition.ts", [
    "    if (recent === undefined && readsStore(query)) this.writeStore();\n",
    "",
  ]),
  bug("time goes back at a start", "worker/clock.ts", [
    "const base = Math.max(wall, lastAt);",
    "const base = wall;",
  ]),
  bug("a clock behind the journal is accepted", "worker/clock.ts", [
    "if (wall < lastAt - toleratedLagMs && !accept) {",
    "if (wall < 0 && !accept) {",
  ]),
  bug("a timer is early by a millisecond", "core/fast/clocks.ts", [
    "? now + durationMs :",
    "? now + durationMs - (durationMs > 1 ? 1 : 0) :",
  ]),
  bug("the check of capacity is skipped", "core/fast/actions.ts", [
    "freeUnits(agent) + inUse < costOf(partition, conversation)",
    "freeUnits(agent) + inUse < -costOf(partition, conversation)",
  ]),
  bug("the check of the version is skipped", "core/fast/actions.ts", [
    "if (command.version !== undefined && command.version !== version) {",
    "if (command.version !== undefined && command.version < 0) {",
  ]),
  bug("the age is lost on decline", "core/fast/actions.ts", [
    "  withdrawOffer(partition, found, reason.declined);\n",
    "  withdrawOffer(partition, found, reason.declined);\n" +
      "  partition.conversations.setDouble(found, D.age, partition.now);\n",
  ]),
  bug("who declined is offered it again at once", "core/fast/actions.ts", [
    "  passOver(partition, found, agent);\n",
    "",
  ]),
  bug("ids are forgotten by a snapshot", "core/fast/snapshot-writing.ts", [
    "  writeRemembered(partition, to);\n",
    "",
  ]),
  bug("timers are forgotten by a snapshot", "core/fast/snapshot-writing.ts", [
    "  writeTimers(partition, timers, to);\n",
    "",
  ]),
  bug("a reservation is renewed", "core/fast/last-agent.ts", [
    "  if (has(partition, conversation, flag.reservationMade)) return;\n",
    "",
  ]),
  bug("an agent who comes finds nothing to do", "core/fast/presence.ts", [
    "    mayMatch(partition, agent);\n",
    "",
  ]),
  bug("a message is not noted as unanswered", "core/fast/messages.ts", [
    "  addUnanswered(partition, conversation, sequence);\n",
    "",
  ]),
];

function bug(name: string, file: string, ...edits: PlantedBug["edits"]): PlantedBug {
  return { name, file, edits };
}
