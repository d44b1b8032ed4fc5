// A separate asset, loaded when somebody recounts: what the modules make their results with again.
import { HERE } from './here.mjs';

HERE.counters = RECOUNTS;
