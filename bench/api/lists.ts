/** What can be named; `strategies` are the model's own list. */
export { listDevices, listKernels, listWorkloads } from '../plan/catalog.ts';
