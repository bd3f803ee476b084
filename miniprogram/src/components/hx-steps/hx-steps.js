/** A bar of steps: those that are done, the present one, and what comes. */
Component({
  options: { addGlobalClass: true },
  properties: {
    names: { type: Array, value: [] },
    /** Counted from 0. */
    at: { type: Number, value: 0 },
  },
});
