// A separate asset, the same in every language, for pages with acts that ask who acts.
import { component } from './component.mjs';
import { HERE } from './here.mjs';
import { startRecognition } from './recognition.mjs';

component('recognition', () => HERE.page && startRecognition(HERE.page));
