// A separate asset, one a language, in place of acts_asset.mjs: only the pages of a consultation that asks who acts.
import './acts_asset.mjs';
import { component } from './component.mjs';
import { HERE } from './here.mjs';
import { startRecognition } from './recognition.mjs';

component('recognition', () => HERE.page && startRecognition(HERE.page));
