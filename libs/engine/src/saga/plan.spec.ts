import { InvalidRequestError } from '@nestjs-dtx/protocol';
import { sagaGraph } from './plan';

const predecessorsOf = (customData: string, steps: number): unknown => sagaGraph(customData, steps).predecessors;

describe('sagaGraph', () => {
  it.each(['', 'null', '{}', '{"concurrent":false}', '{"concurrent":null,"orders":null}', '{"orders":{}}', '{"x":1}'])(
    'reads %j as a sequence',
    (customData) => expect(predecessorsOf(customData, 3)).toEqual([[], [0], [1]]),
  );

  it('lets concurrent steps wait for nothing', () => {
    expect(predecessorsOf('{"concurrent":true,"orders":{}}', 3)).toEqual([[], [], []]);
    expect(predecessorsOf('{"concurrent":true}', 0)).toEqual([]);
  });

  it('reads orders as lists of predecessors, and inverts them for the way back', () => {
    const graph = sagaGraph('{"concurrent":true,"orders":{"2":[0,1],"3":[2]}}', 4);
    expect(graph.predecessors).toEqual([[], [], [0, 1], [2]]);
    expect(graph.dependents).toEqual([[2], [2], [3], []]);
  });

  it('reads the array into which PHP turns orders', () => {
    expect(predecessorsOf('{"concurrent":true,"orders":[[],[0],null]}', 3)).toEqual([[], [0], []]);
  });

  it('adds orders to the sequence of a saga that is not concurrent', () => {
    expect(predecessorsOf('{"orders":{"2":[0]}}', 3)).toEqual([[], [0], [1, 0]]);
  });

  it.each([
    ['{', 'must be JSON text'],
    ['concurrent', 'must be JSON text'],
    ['[]', 'must hold a JSON object'],
    ['7', 'must hold a JSON object'],
    ['"FAILURE"', 'must hold a JSON object'],
    ['{"concurrent":1}', 'must have true or false as concurrent'],
    ['{"concurrent":"FAILURE"}', 'must have true or false as concurrent'],
    ['{"orders":5}', 'must have an object as orders'],
    ['{"orders":"x"}', 'must have an object as orders'],
    ['{"orders":{"FAILURE":[0]}}', 'must have step numbers as keys of orders'],
    ['{"orders":{"-1":[0]}}', 'must have step numbers as keys of orders'],
    ['{"orders":{"1":0}}', 'must have arrays of step numbers in orders'],
    ['{"orders":{"1":["0"]}}', 'must have arrays of step numbers in orders'],
    ['{"orders":{"1":[0.5]}}', 'must have arrays of step numbers in orders'],
    ['{"orders":{"2":[0]}}', 'has orders for a step that does not exist; there are 2 steps'],
    ['{"orders":{"1":[2]}}', 'has orders for a step that does not exist; there are 2 steps'],
    ['{"orders":{"1":[-1]}}', 'has orders for a step that does not exist; there are 2 steps'],
    ['{"concurrent":true,"orders":{"0":[0]}}', 'has orders in which steps wait for each other in a circle'],
    ['{"concurrent":true,"orders":{"0":[1],"1":[0]}}', 'has orders in which steps wait for each other in a circle'],
    ['{"orders":{"0":[1]}}', 'has orders in which steps wait for each other in a circle'],
  ])('refuses %s for two steps', (customData, problem) => {
    expect(() => sagaGraph(customData, 2)).toThrow(InvalidRequestError);
    expect(() => sagaGraph(customData, 2)).toThrow(
      expect.objectContaining({ field: 'custom_data', message: `custom_data ${problem}` }),
    );
  });
});
