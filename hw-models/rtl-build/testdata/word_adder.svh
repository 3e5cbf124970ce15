// What the copier does to a word on the way.
function automatic logic [31:0] changed(input logic [31:0] word);
  return word + 32'(INCREMENT);
endfunction
