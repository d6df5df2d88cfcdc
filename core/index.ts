export {
  createFastEngine as createEngine,
  restoreFastEngine as restoreEngine,
} from "./fast/fast-engine.ts";
export * from "./engine.ts";
export type * from "./commands.ts";
export { deliveryStatuses, presenceStatuses } from "./commands.ts";
export type * from "./events.ts";
export { assignmentRules, conversationStates } from "./events.ts";
export * from "./limits.ts";
export * from "./reasons.ts";
export * from "./rejections.ts";
export * from "./reply-window.ts";
export { hash64 } from "./state-hash.ts";
export type * from "./configuration/resolved.ts";
