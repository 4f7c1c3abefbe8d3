/**
 * What can be named; `strategies` are the model's own list.
 *
 * @module
 */
export { listDevices, listKernels, listWorkloads } from '../plan/catalog.ts';
