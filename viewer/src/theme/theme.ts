// The behaviour of every page but the reading room: nhsuk's components, htmx, the matrix's keys.
// Every page works without it.
import '@fontsource-variable/inter';
import './theme.scss';

import htmx from 'htmx.org';
import {
  Button,
  CharacterCount,
  Checkboxes,
  createAll,
  ErrorSummary,
  PasswordInput,
  Radios,
  SkipLink,
  Tabs,
} from 'nhsuk-frontend';

import { confirmLeaving, openTargets, submitOnChange } from './forms';
import { matrixKeys } from './matrix';

// The pages' policy forbids eval and inline styles; htmx would use both.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;

document.body.classList.add('js-enabled', 'nhsuk-frontend-supported');
for (const component of [
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  PasswordInput,
  Radios,
  SkipLink,
  Tabs,
]) {
  createAll(component as Parameters<typeof createAll>[0]);
}
submitOnChange(document);
confirmLeaving(document);
openTargets(document);
matrixKeys(document);
