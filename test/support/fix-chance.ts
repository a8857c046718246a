import fc from 'fast-check';
import { isProof } from './proof.ts';

/** The same walks in every run, so that what breaks a test is a change. The proof walks new ones, and the seed of what it finds is printed. */
if (!isProof) fc.configureGlobal({ seed: 1 });
