// A separate asset for the page of the register alone.
import { component } from './component.mjs';
import { startRegister } from './register_page.mjs';

component('register', startRegister);
