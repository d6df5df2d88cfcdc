/** Fields of a timer's row: 48 bytes. Links and slot are its wheel's. */
export const timerWidth = 12;
export const timerDue = 0;
export const timerSequence = 1;
export const timerNext = 4;
export const timerPrevious = 5;
/** Slot + 1, or 0. */
export const timerSlot = 6;
export const timerKind = 7;
/** What it is about: a conversation, an agent, or an agent in a queue. */
export const timerSubject = 8;
/** Agent of a re-offer. */
export const timerOther = 9;
/** Next timer of the same conversation. */
export const timerNextOfOwner = 10;
export const timerClock = 11;
