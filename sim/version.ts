/**
 * Name of the model's behaviour: change it whenever the same input may give other observations. It is part of every
 * cell's identity.
 */
export const MODEL_VERSION = 'cma-stress-model/4';
