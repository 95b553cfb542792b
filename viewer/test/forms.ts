import { compileForm, type FormModel } from '../src/room/form/model';
import { FormState } from '../src/room/form/state';
import type { Answers, FormDocument } from '../src/room/types';

/** A small joint form: a gate, a grid of two rows and two columns behind it, one question more. */
export const JOINTS: FormDocument = {
  id: 'joints@1',
  title: 'Joints',
  missing: { nv: 'Not visible', nq: 'Quality inadequate', nd: 'Not done' },
  blocks: [
    { kind: 'item', id: 'normal', ask: 'All normal?', type: 'choice', choices: [{ value: 1, label: 'Yes' }, { value: 0, label: 'No' }], missing: ['nd'] },
    {
      kind: 'grid', id: 'bones', gate: { item: 'normal', when: 0, fill: 0 },
      rows: [{ id: 'capitate', label: 'Capitate' }, { id: 'lunate', label: 'Lunate' }],
      columns: [
        { id: 'ero', label: 'Erosion', type: 'integer', min: 0, max: 10, missing: ['nv', 'nq'] },
        { id: 'ost', label: 'Osteitis', type: 'integer', min: 0, max: 3, missing: ['nv'] },
      ],
    },
    { kind: 'item', id: 'remark', ask: 'Remark', type: 'text', required: false },
  ],
};

export const model = (labels = ['A', 'B']): FormModel => compileForm(JOINTS, labels);
export const state = (answers: Answers = {}, aside: Answers = {}): FormState => new FormState(model(), answers, aside);
