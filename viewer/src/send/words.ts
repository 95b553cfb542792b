// 256 plain words for suggested passphrases: eight bits each.
export const WORDS: readonly string[] = (
  'acorn amber anchor apple apron arrow aspen autumn badge bagel balloon bamboo banjo barley barn basket beach ' +
  'beacon beetle bench berry birch biscuit blanket blossom bottle boulder bracket branch bread breeze brick bridge ' +
  'bronze brook brush bucket butter button cabin cactus camel canal candle canoe canvas carpet carrot castle cedar ' +
  'cellar chalk cherry chess chimney cinema circle cliff clock cloud clover coast cobalt coffee comet copper coral ' +
  'corner cotton cradle crane crayon creek cricket crown crystal cupboard curtain cushion daisy dance desert ' +
  'diamond dolphin donkey dragon drum eagle easel echo elbow ember engine falcon fan feather fern ferry fiddle ' +
  'field finch flag flame flint flute forest fossil fountain fox garden garlic gate ginger glacier glove goat ' +
  'granite grape gravel guitar hammer harbour harp harvest hazel hedge helmet heron hill honey horizon hotel ' +
  'iceberg igloo island ivory jacket jaguar jam jelly jigsaw juniper kayak kettle kitchen kite ladder lagoon ' +
  'lantern lark lava leaf lemon lentil lettuce lime linen lion lizard lobster magnet mango maple marble market ' +
  'meadow melon mirror mitten moss mountain mushroom napkin nectar needle nest nickel noodle nutmeg oak oasis oat ' +
  'ocean olive onion orbit orchard otter oven owl oyster paddle palm panda paper parrot pasta peach pebble pelican ' +
  'pencil pepper piano pigeon pillow pine planet plum pocket pond poppy prairie puddle pumpkin quartz quill rabbit ' +
  'raft rainbow raven ribbon river robin rocket rope saddle sailor salmon sandal saucer sheep shell silver sparrow ' +
  'spoon statue sugar sunset teapot tiger timber tomato tractor trumpet tulip tunnel turtle velvet violin walnut ' +
  'whale willow window yacht yarn zebra '
)
  .trim()
  .split(' ');
